/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class EnvironmentOptionsTest {

  @Command(name = "tap")
  static final class Tap implements Runnable {
    @Option(names = "--sensor")
    @Nullable String sensor;

    @Option(names = "--count-json")
    @Nullable String countJson;

    @Override
    public void run() {}
  }

  @Command(name = "podtap")
  static final class Root {}

  @Test
  void readsAnOptionFromItsVariable() {
    assertThat(parse(Map.of("PODTAP_COUNT_JSON", "ledger.json")).countJson)
        .isEqualTo("ledger.json");
  }

  @Test
  void readsTheBareNamesOfTheReferenceSidecar() {
    assertThat(parse(Map.of("SENSOR", "10.0.0.3")).sensor).isEqualTo("10.0.0.3");
  }

  @Test
  void prefersArgumentsToPrefixedToBareNames() {
    Map<String, String> both = Map.of("SENSOR", "10.0.0.1", "PODTAP_SENSOR", "10.0.0.2");

    assertThat(parse(both).sensor).isEqualTo("10.0.0.2");
    assertThat(parse(both, "--sensor", "10.0.0.3").sensor).isEqualTo("10.0.0.3");
  }

  @Test
  void leavesOtherProgramsBareVariablesAlone() {
    assertThat(parse(Map.of("COUNT_JSON", "x")).countJson).isNull();
  }

  @Test
  void leavesTheVariablesThatKubernetesSetsForServicesAlone() {
    CommandLine line = line(new Tap());
    Map<String, String> links =
        Map.of(
            "PODTAP_SENSOR_SERVICE_HOST", "10.96.0.9",
            "PODTAP_SENSOR_SERVICE_PORT_VXLAN", "4789",
            "PODTAP_SENSOR_PORT_4789_UDP_ADDR", "10.96.0.9");

    assertThat(new EnvironmentOptions(links).hasUnknown(line)).isFalse();
    assertThat(new EnvironmentOptions(Map.of("PODTAP_SENSR_PORT", "1")).hasUnknown(line)).isTrue();
  }

  @Test
  void refusesAVariableThatNoProgramHas() {
    CommandLine line = line(new Tap());

    assertThatThrownBy(() ->
            new EnvironmentOptions(Map.of("PODTAP_SENSR", "x", "OTHER", "y")).refuseUnknown(line))
        .isInstanceOf(SettingsException.class)
        .hasMessage("unknown variable PODTAP_SENSR");
  }

  private static Tap parse(Map<String, String> environment, String... arguments) {
    Tap tap = new Tap();
    CommandLine command = new CommandLine(tap);
    command.setDefaultValueProvider(new EnvironmentOptions(environment));
    command.parseArgs(arguments);
    return tap;
  }

  private static CommandLine line(Tap tap) {
    CommandLine line = new CommandLine(new Root());
    line.addSubcommand(tap);
    return line;
  }
}
