/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.tap.command.TapCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every option of the tap is a variable, too; what is wrong there is as wrong as an argument. */
final class TapVariablesTest {

  private static CommandLine line(Map<String, String> environment) {
    CommandLine line = new CommandLine(new TapCommand());
    line.setDefaultValueProvider(new EnvironmentOptions(environment));
    return line;
  }

  private static String variable(OptionSpec option) {
    return "PODTAP_" + option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  @Test
  void everyOptionIsReadFromItsVariable() {
    Map<String, String> environment = new HashMap<>();
    for (OptionSpec option : line(Map.of()).getCommandSpec().options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        environment.put(variable(option), "77");
      }
    }
    assertThat(environment)
        .containsKeys("PODTAP_SENSOR", "PODTAP_RING_BYTES", "PODTAP_COUNT_JSON", "PODTAP_SPEED");
    CommandLine line = line(environment);
    line.parseArgs();
    for (OptionSpec option : line.getCommandSpec().options()) {
      if (environment.containsKey(variable(option))) {
        assertThat(option.getValue().toString()).as(option.longestName()).isEqualTo("77");
      }
    }
  }

  @Test
  void everyOptionIsReadWithoutPicocliAsWithIt() {
    List<String> arguments = new ArrayList<>(List.of("tap"));
    Map<String, String> environment = new HashMap<>();
    for (OptionSpec option : line(Map.of()).getCommandSpec().options()) {
      if (option.usageHelp() || option.versionHelp()) {
        continue;
      }
      if (arguments.size() % 2 == 0) {
        environment.put(variable(option), "77");
      } else {
        environment.put(variable(option), "66");
        arguments.add(option.longestName() + "=77");
      }
    }
    CommandLine line = new CommandLine(plain(environment, arguments.toArray(String[]::new)).get());
    for (OptionSpec option : line.getCommandSpec().options()) {
      if (environment.containsKey(variable(option))) {
        assertThat(option.getValue().toString()).as(option.longestName()).isEqualTo("77");
      }
    }
  }

  @Test
  void whatSidecarsAreStartedWithIsPlain() {
    assertThat(plain(Map.of("SENSOR", "dns:sensor", "PODTAP_FILTER", ""), "tap", "--vni", "42"))
        .isPresent();
    assertThat(plain(Map.of("PODTAP_SENSOR_SERVICE_HOST", "::1"), "tap", "--write", "-"))
        .isPresent();
  }

  @Test
  void leavesToPicocliWhatIsNotPlain() {
    assertThat(plain(Map.of())).isEmpty();
    assertThat(plain(Map.of(), "sensor", "--logs", "x")).isEmpty();
    for (String argument :
        List.of(
            "--help",
            "-h",
            "--vni",
            "vni=1",
            "--snaplen=many",
            "--snaplen=-1",
            "--unknown=1",
            "--filter=${x}",
            "@file")) {
      assertThat(plain(Map.of(), "tap", argument)).as(argument).isEmpty();
    }
    assertThat(plain(Map.of(), "tap", "--vni=1", "--vni=2")).isEmpty();
    assertThat(plain(Map.of("PODTAP_SENSR", "1"), "tap")).isEmpty();
  }

  private static Optional<TapCommand> plain(Map<String, String> environment, String... arguments) {
    return Podtap.plainTap(new EnvironmentOptions(environment), arguments);
  }

  @Test
  void aVariableThatIsWrongIsRefusedAsAnArgumentIs() {
    Map<String, String> right = Map.of("SENSOR", "127.0.0.1", "VNI", "42", "INTERFACE", "lo");
    for (Map.Entry<String, String> wrong :
        Map.of(
                "PODTAP_SNAPLEN", "many",
                "PODTAP_LANES", "0",
                "PODTAP_SNAPLENGTH", "96",
                "VNI", "2A",
                "SENSOR", "",
                "PODTAP_SPEED", "fast")
            .entrySet()) {
      Map<String, String> environment = new HashMap<>(right);
      environment.put(wrong.getKey(), wrong.getValue());
      assertThat(Podtap.run(environment, "tap")).as("%s", wrong).isEqualTo(2);
    }
  }
}
