package io.podtap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.tap.TapCommand;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
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
