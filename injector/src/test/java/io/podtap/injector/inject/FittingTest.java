/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.inject.limits.LimitCheck;
import io.podtap.injector.inject.limits.NamespaceLimits;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tap fits into its pod's periods and its namespace's limits, or there is none. */
final class FittingTest {

  private static Map<String, @Nullable Object> map(String json) throws Exception {
    return Tree.map(JsonText.read(json));
  }

  private static Map<String, @Nullable Object> pod(String more) throws Exception {
    return map(
        "{\"metadata\": {}, \"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"a\"}]"
            + more
            + "}}");
  }

  private static Outcome inject(Map<String, @Nullable Object> pod, NamespaceLimits limits) {
    return Injection.inject(pod, new NamespaceContext(Map.of(), true, limits), Templates.PLAIN);
  }

  private static Object tap(Outcome outcome) {
    return Tree.list(Tree.at(((Outcome.Changed) outcome).pod(), "spec", "initContainers"))
        .getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "terminationGracePeriodSeconds, 0, ''",
    "terminationGracePeriodSeconds, 1, ''",
    "terminationGracePeriodSeconds, -1, ''",
    "terminationGracePeriodSeconds, 2, 1",
    "terminationGracePeriodSeconds, 9223372036854775807, 1",
    "activeDeadlineSeconds, 1, ''",
    "activeDeadlineSeconds, 2, 1"
  })
  void theHeadStartEndsWithinThePodsPeriods(String field, String value, String seconds)
      throws Exception {
    Outcome outcome = inject(pod(", \"" + field + "\": " + value), NamespaceLimits.NONE);
    assertThat(Tree.text(tap(outcome), "lifecycle", "postStart", "sleep", "seconds"))
        .isEqualTo(seconds);
    assertThat(Tree.map(tap(outcome)).containsKey("lifecycle")).isEqualTo(!seconds.isEmpty());
  }

  @Test
  void whatFitsIsTakenByTheSameRulesAndWhatDoesNotHasAReason() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int fitted = 0;
    for (int i = 0; i < 3_000; i++) {
      NamespaceLimits limits = limits(random);
      Map<String, @Nullable Object> pod =
          pod(random.nextBoolean() ? "" : ", \"initContainers\": [{\"name\": \"i\"}]");
      Map<String, @Nullable Object> container =
          Tree.map(Tree.list(Tree.at(pod, "spec", "containers")).getFirst());
      container.put("resources", map(amounts(random)));
      boolean isTaken = LimitCheck.rangeRefusal(pod.get("spec"), limits).isEmpty();
      Outcome outcome = inject(pod, limits);
      if (outcome instanceof Outcome.Changed changed) {
        Optional<String> refusal = LimitCheck.rangeRefusal(changed.pod().get("spec"), limits);
        assertThat(isTaken && refusal.isPresent())
            .as("seed %d: %s %s", seed, refusal, limits)
            .isFalse();
        fitted += isTaken ? 1 : 0;
      } else {
        assertThat(((Outcome.Unchanged) outcome).reason()).isEqualTo(Reason.LIMIT_RANGE);
      }
    }
    assertThat(fitted).isGreaterThan(100);
  }

  private static NamespaceLimits limits(Random random) throws Exception {
    String type = random.nextBoolean() ? "Container" : "Pod";
    StringBuilder limit = new StringBuilder("{\"type\": \"" + type + "\"");
    if (random.nextBoolean()) {
      limit.append(", \"max\": {\"cpu\": \"" + (100 + random.nextInt(900)) + "m\", \"memory\": \"");
      limit.append((50 + random.nextInt(900)) + "Mi\"}");
    }
    if (random.nextBoolean()) {
      limit.append(", \"min\": {\"cpu\": \"" + random.nextInt(100) + "m\", \"memory\": \"");
      limit.append(random.nextInt(100) + "Mi\"}");
    }
    if (random.nextBoolean()) {
      limit.append(", \"maxLimitRequestRatio\": {\"cpu\": \"" + (1 + random.nextInt(5)) + "\"}");
    }
    Map<String, @Nullable Object> range =
        map("{\"metadata\": {\"name\": \"r\"}, \"spec\": {\"limits\": [" + limit + "}]}}");
    return NamespaceLimits.of(List.of(range), List.of());
  }

  private static String amounts(Random random) {
    int cpu = 50 + random.nextInt(300);
    int memory = 50 + random.nextInt(300);
    return "{\"requests\": {\"cpu\": \"%dm\", \"memory\": \"%dMi\"}, \"limits\": {\"cpu\": \"%dm\", \"memory\": \"%dMi\"}}"
        .formatted(cpu, memory, cpu * 2, memory * 2);
  }

  @Test
  void aQuotaThatDoesNotCountThePodSaysNothing() throws Exception {
    String quota =
        "{\"metadata\": {\"name\": \"q\"}, \"spec\": {\"hard\": {\"limits.memory\": \"10Mi\"},"
            + " \"scopes\": [\"%s\"]}, \"status\": {\"used\": {\"limits.memory\": \"0\"}}}";
    Outcome terminating =
        inject(
            pod(""), NamespaceLimits.of(List.of(), List.of(map(quota.formatted("Terminating")))));
    assertThat(terminating).isInstanceOf(Outcome.Changed.class);
    Outcome others =
        inject(
            pod(""),
            NamespaceLimits.of(List.of(), List.of(map(quota.formatted("NotTerminating")))));
    assertThat(((Outcome.Unchanged) others).reason()).isEqualTo(Reason.QUOTA);
  }

  @Test
  void anOwnContainerMayBePrivilegedOrHaveAnotherHook() throws Exception {
    Map<String, @Nullable Object> pod =
        pod(
            ", \"initContainers\": [{\"name\": \"podtap\", \"restartPolicy\": \"Always\","
                + " \"securityContext\": {\"privileged\": true}, \"lifecycle\": {\"postStart\":"
                + " {\"exec\": {\"command\": [\"a\"]}}}}]");
    Object tap = tap(inject(pod, NamespaceLimits.NONE));
    assertThat(Tree.map(Tree.at(tap, "securityContext")))
        .containsEntry("privileged", true)
        .doesNotContainKey("allowPrivilegeEscalation");
    assertThat(Tree.map(Tree.at(tap, "lifecycle", "postStart"))).containsOnlyKeys("exec");
  }

  @Test
  void annotationsStayWithinTheApiServersBound() throws Exception {
    Map<String, @Nullable Object> pod = pod("");
    Tree.child(Tree.child(pod, "metadata"), "annotations").put("a", "x".repeat((256 << 10) - 20));
    assertThat(((Outcome.Unchanged) inject(pod, NamespaceLimits.NONE)).reason())
        .isEqualTo(Reason.WOULD_BE_REFUSED);
  }

  @Test
  void filtersAreCheckedWithoutLookingNamesUp() throws Exception {
    TapTemplate template =
        Templates.PLAIN.with(
            Map.of("filter", "host no-such-host.invalid and tcp"),
            true,
            Templates.PLAIN.resources());
    assertThat(template.options()).containsEntry("filter", "host no-such-host.invalid and tcp");
    for (String filter : List.of("gateway a.invalid", "tcp\0udp", "x or ".repeat(1_000) + "x")) {
      assertThatThrownBy(() ->
              Templates.PLAIN.with(Map.of("filter", filter), true, Templates.PLAIN.resources()))
          .isInstanceOf(SettingsException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', PRIVILEGED, tap",
    "'', BASELINE, tap",
    "'', RESTRICTED, restricted-namespace",
    "privileged, RESTRICTED, tap",
    "baseline, RESTRICTED, tap",
    "restricted, PRIVILEGED, restricted-namespace",
    "unknown, PRIVILEGED, restricted-namespace"
  })
  void theNamespacesLabelWinsOverTheConfiguredLevel(
      String label, PodSecurity configured, String expected) throws Exception {
    TapTemplate template =
        new TapTemplate(
            "podtap:1",
            "",
            true,
            1,
            Map.of("sensor", "10.0.0.3", "interface", "eth0", "vni", "42"),
            "",
            Templates.PLAIN.resources(),
            configured);
    Map<String, @Nullable Object> labels =
        label.isEmpty() ? Map.of() : Map.of(WellKnownNames.POD_SECURITY, label);
    Outcome outcome = Injection.inject(pod(""), new NamespaceContext(labels, true), template);
    assertThat(outcome instanceof Outcome.Unchanged unchanged ? unchanged.reason().word() : "tap")
        .isEqualTo(expected);
  }
}
