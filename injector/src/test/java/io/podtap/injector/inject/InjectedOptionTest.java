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
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options of taps as annotations, over those of the injector. */
final class InjectedOptionTest {

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
  private static String told(Outcome outcome, InjectedOption policy) {
    assertThat(outcome).isInstanceOf(Outcome.Changed.class);
    Object tap =
        Tree.list(Tree.at(((Outcome.Changed) outcome).pod(), "spec", "initContainers")).getFirst();
    Set<String> variables = Set.of("PODTAP_" + policy.name(), policy.name());
    return Tree.list(Tree.at(tap, "env")).stream()
        .filter(one -> variables.contains(Tree.text(one, "name")))
        .map(one -> Tree.text(one, "value"))
        .findFirst()
        .orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "SENSOR, 10.0.0.4, 10.0.0.5",
    "INTERFACE, eth1, 'eth0,lo'",
    "VNI, 7, 0x2a",
    "FILTER, tcp, ''",
    "SNAPLEN, 100, 200",
    "ENCAPSULATION, geneve, vxlan",
    "SENSOR_NAME, sensor.one, sensor.two",
    "SEND, joined, single",
    "BUDGET_MBPS, 100, 0",
    "FLOW_CUTOFF, 1000000, 0",
    "HEADERS_ONLY, 443, ''",
    "LANES, 4, 8",
    "TRANSPORT, udp, UDP",
    "METRICS, 9095, 0",
    "DIRECTION, in, both",
  })
  void theAnnotationWinsOverTheOption(InjectedOption policy, String option, String annotation) {
    TapTemplate template = template("", Map.of(policy.option(), option));
    assertThat(told(inject(template, Map.of()), policy)).isEqualTo(option);
    assertThat(
            told(inject(template, Map.of("podtap.io/" + policy.annotation(), annotation)), policy))
        .isEqualTo(annotation);
  }

  @Test
  void onlyWhatATapNeedsAndMetricsAreToldWhenNothingElseIsGiven() {
    Outcome outcome = inject(template("", Map.of()), Map.of());
    for (InjectedOption policy : InjectedOption.values()) {
      assertThat(told(outcome, policy))
          .isEqualTo(
              switch (policy) {
                case SENSOR -> "10.0.0.3";
                case INTERFACE -> "eth0";
                case VNI -> "42";
                case METRICS -> "0";
                default -> "";
              });
    }
  }

  @Test
  void everyOptionIsNamedAsTheTapNamesIt() {
    for (InjectedOption option : InjectedOption.values()) {
      String invalid =
          switch (option) {
            case INTERFACE -> "a b";
            case SENSOR_NAME -> ",";
            default -> "-?-";
          };
      Outcome outcome =
          inject(
              template(option == InjectedOption.SENSOR_NAME ? "tap-tls" : "", Map.of()),
              Map.of("podtap.io/" + option.annotation(), invalid));
      assertThat(outcome)
          .asString()
          .contains(Reason.BAD_ANNOTATION.name())
          .containsIgnoringCase(option.option())
          .doesNotContain("not known");
      assertThat(option.option()).isEqualTo(option.option().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void transportAndSecretGoTogether() {
    TapTemplate encrypted = template("tap-tls", Map.of());
    assertThat(told(inject(encrypted, Map.of()), InjectedOption.TRANSPORT)).isEqualTo("tls");
    Outcome clear = inject(encrypted, Map.of("podtap.io/transport", "udp"));
    assertThat(told(clear, InjectedOption.TRANSPORT)).isEqualTo("udp");
    assertThat(clear.toString()).doesNotContain("tap-tls").contains("VNI");
    assertThat(
            told(inject(encrypted, Map.of("podtap.io/tls-secret", "")), InjectedOption.TRANSPORT))
        .isEmpty();

    TapTemplate both = template("tap-tls", Map.of("transport", "tls"));
    assertThat(told(inject(both, Map.of("podtap.io/tls-secret", "")), InjectedOption.TRANSPORT))
        .isEmpty();
    TapTemplate udp = template("", Map.of("transport", "udp"));
    assertThat(told(inject(udp, Map.of("podtap.io/tls-secret", "own")), InjectedOption.TRANSPORT))
        .isEqualTo("tls");
    assertThat(inject(udp, Map.of("podtap.io/transport", "tls")))
        .asString()
        .contains("transport tls needs a tls-secret");
    assertThat(
            told(
                inject(udp, Map.of("podtap.io/transport", "tls", "podtap.io/tls-secret", "own")),
                InjectedOption.TRANSPORT))
        .isEqualTo("tls");
  }
}
