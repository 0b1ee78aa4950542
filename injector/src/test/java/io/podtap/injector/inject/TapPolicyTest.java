/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.tree.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies of taps as annotations, over those of the injector. */
final class TapPolicyTest {

  private static TapTemplate template(String tlsSecret, Map<String, String> policies) {
    Map<String, String> options =
        new LinkedHashMap<>(Map.of("sensor", "10.0.0.3", "interface", "eth0", "vni", "42"));
    options.putAll(policies);
    return new TapTemplate(
        "podtap:1",
        "",
        true,
        1,
        options,
        tlsSecret,
        Resources.usual(Map.of()),
        PodSecurity.PRIVILEGED);
  }

  private static Outcome inject(TapTemplate template, Map<String, String> annotations) {
    Map<String, @Nullable Object> pod =
        Map.of(
            "metadata",
            Map.of("name", "app", "annotations", annotations),
            "spec",
            Map.of("containers", List.of(Map.of("name", "app", "image", "app:1"))));
    return Injection.inject(pod, new NamespaceContext(Map.of(), true), template);
  }

  /** Returns what the tap is told, an empty text for nothing. */
  private static String told(Outcome outcome, TapPolicy policy) {
    assertThat(outcome).isInstanceOf(Outcome.Changed.class);
    Object tap =
        Tree.list(Tree.at(((Outcome.Changed) outcome).pod(), "spec", "initContainers")).getFirst();
    String variable = "PODTAP_" + policy.name();
    return Tree.list(Tree.at(tap, "env")).stream()
        .filter(one -> Tree.text(one, "name").equals(variable))
        .map(one -> Tree.text(one, "value"))
        .findFirst()
        .orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "SEND, joined, single",
    "BUDGET_MBPS, 100, 0",
    "FLOW_CUTOFF, 1000000, 0",
    "HEADERS_ONLY, 443, ''",
    "LANES, 4, 8",
    "TRANSPORT, udp, UDP",
    "METRICS, 9095, 0",
    "DIRECTION, in, both",
  })
  void theAnnotationWinsOverTheOption(TapPolicy policy, String option, String annotation) {
    TapTemplate template = template("", Map.of(policy.option(), option));
    assertThat(told(inject(template, Map.of()), policy)).isEqualTo(option);
    assertThat(told(inject(template, Map.of("podtap.io/" + policy.option(), annotation)), policy))
        .isEqualTo(annotation);
  }

  @Test
  void onlyMetricsAreToldWhenNobodySaysAnything() {
    Outcome outcome = inject(template("", Map.of()), Map.of());
    for (TapPolicy policy : TapPolicy.values()) {
      assertThat(told(outcome, policy)).isEqualTo(policy == TapPolicy.METRICS ? "0" : "");
    }
  }

  @Test
  void everyPolicyIsNamedAsTheTapNamesIt() {
    for (TapPolicy policy : TapPolicy.values()) {
      Outcome outcome =
          inject(template("", Map.of()), Map.of("podtap.io/" + policy.option(), "-?-"));
      assertThat(outcome)
          .asString()
          .contains(Reason.BAD_ANNOTATION.name())
          .contains(policy.option())
          .doesNotContain("not known");
      assertThat(policy.option()).isEqualTo(policy.option().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void transportAndSecretGoTogether() {
    TapTemplate encrypted = template("tap-tls", Map.of());
    assertThat(told(inject(encrypted, Map.of()), TapPolicy.TRANSPORT)).isEqualTo("tls");
    Outcome clear = inject(encrypted, Map.of("podtap.io/transport", "udp"));
    assertThat(told(clear, TapPolicy.TRANSPORT)).isEqualTo("udp");
    assertThat(clear.toString()).doesNotContain("tap-tls").contains("VNI");
    assertThat(told(inject(encrypted, Map.of("podtap.io/tls-secret", "")), TapPolicy.TRANSPORT))
        .isEmpty();

    TapTemplate both = template("tap-tls", Map.of("transport", "tls"));
    assertThat(told(inject(both, Map.of("podtap.io/tls-secret", "")), TapPolicy.TRANSPORT))
        .isEmpty();
    TapTemplate udp = template("", Map.of("transport", "udp"));
    assertThat(told(inject(udp, Map.of("podtap.io/tls-secret", "own")), TapPolicy.TRANSPORT))
        .isEqualTo("tls");
    assertThat(inject(udp, Map.of("podtap.io/transport", "tls")))
        .asString()
        .contains("transport tls needs a tls-secret");
    assertThat(
            told(
                inject(udp, Map.of("podtap.io/transport", "tls", "podtap.io/tls-secret", "own")),
                TapPolicy.TRANSPORT))
        .isEqualTo("tls");
  }
}
