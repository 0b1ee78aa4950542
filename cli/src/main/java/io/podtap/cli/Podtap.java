package io.podtap.cli;

import io.podtap.core.agent.Threads;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.tap.TapCommand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    Threads.superviseOthers();
    System.exit(run(System.getenv(), arguments));
  }

  /** Runs one program and returns its exit code. */
  static int run(Map<String, String> environment, String... arguments) {
    EnvironmentOptions options = new EnvironmentOptions(environment);
    Optional<TapCommand> tap = plainTap(options, arguments);
    return tap.isPresent() ? call(tap.get()) : parse(options, arguments);
  }

  /** A tap starts with every pod: picocli is left out where it has nothing to say. */
  static Optional<TapCommand> plainTap(EnvironmentOptions options, String... arguments) {
    return arguments.length > 0 && arguments[0].equals("tap")
        ? PlainArguments.parse(options, arguments).flatMap(TapCommand::plain)
        : Optional.empty();
  }

  /** Runs a tap as picocli would. */
  private static int call(TapCommand tap) {
    try {
      return tap.call();
    } catch (SettingsException e) {
      System.err.println("podtap: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (RuntimeException e) {
      e.printStackTrace();
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static int parse(EnvironmentOptions options, String... arguments) {
    CommandLine line = new CommandLine(new Podtap());
    addPrograms(line, arguments.length > 0 ? arguments[0] : "", options);
    if (options.hasUnknown(line)) { // unknown to this program, perhaps another's
      addPrograms(line, "", options);
    }
    line.setParameterExceptionHandler((failure, given) -> fail(line, failure.getMessage()));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
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
    if (arguments.length == 0) {
      line.usage(line.getErr());
      return CommandLine.ExitCode.USAGE;
    }
    return line.execute(arguments);
  }

  /**
   * Adds the program of that name, or all when there is none: reading the options of programs that
   * do not run would cost a sidecar a tenth of a second at its start.
   */
  private static void addPrograms(CommandLine line, String name, EnvironmentOptions options) {
    List<ServiceLoader.Provider<Program>> programs =
        ServiceLoader.load(Program.class).stream().toList();
    boolean exists = programs.stream().anyMatch(program -> name(program).equals(name));
    for (ServiceLoader.Provider<Program> program : programs) {
      String its = name(program);
      if ((!exists || its.equals(name)) && !line.getSubcommands().containsKey(its)) {
        CommandLine command = new CommandLine(program.get());
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.setDefaultValueProvider(options);
        line.addSubcommand(command);
      }
    }
  }

  private static String name(ServiceLoader.Provider<Program> program) {
    return program.type().getAnnotation(Command.class).name();
  }

  private static int fail(CommandLine line, @Nullable String message) {
    line.getErr().println("podtap: " + message);
    return CommandLine.ExitCode.USAGE;
  }
}
