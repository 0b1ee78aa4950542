package io.podtap.cli;

import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The {@code podtap} command line: finds its programs, reads options from arguments and
 * environment, runs one.
 */
@Command(
    name = "podtap",
    description = "Network evidence for Kubernetes without node access.",
    mixinStandardHelpOptions = true,
    version = "podtap 0.1.0")
public final class Podtap {

  private Podtap() {}

  /** Runs one program and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(System.getenv(), arguments));
  }

  /** Runs one program and returns its exit code. */
  static int run(Map<String, String> environment, String... arguments) {
    CommandLine line = new CommandLine(new Podtap());
    for (Program program : ServiceLoader.load(Program.class)) {
      line.addSubcommand(program);
    }
    EnvironmentOptions options = new EnvironmentOptions(environment);
    for (CommandLine command : line.getSubcommands().values()) {
      command.setDefaultValueProvider(options);
    }
    line.setParameterExceptionHandler((failure, given) -> fail(line, failure.getMessage()));
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (failure instanceof SettingsException) {
        return fail(line, failure.getMessage());
      }
      throw failure;
    });
    try {
      options.refuseUnknown(line);
    } catch (SettingsException e) {
      return fail(line, e.getMessage());
    }
    return line.execute(arguments);
  }

  private static int fail(CommandLine line, @Nullable String message) {
    line.getErr().println("podtap: " + message);
    return CommandLine.ExitCode.USAGE;
  }
}
