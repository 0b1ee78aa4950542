/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import io.podtap.cli.help.CompletionCommand;
import io.podtap.cli.help.ManualCommand;
import io.podtap.cli.help.OptionGroups;
import io.podtap.cli.help.Suggestions;
import io.podtap.core.agent.Threads;
import io.podtap.core.config.BuildVersion;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.tap.command.TapCommand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The {@code podtap} command line: finds its programs, reads options from arguments and
 * environment, runs one.
 */
@Command(
    name = "podtap",
    description = "Mirror the network traffic of pods to sensors, and analyze it.",
    mixinStandardHelpOptions = true,
    versionProvider = Podtap.VersionLine.class)
public final class Podtap {

  /** What {@code --version} prints. */
  static final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"podtap " + BuildVersion.text()};
    }
  }

  private Podtap() {}

  /** Runs one program and exits with its code. */
  public static void main(String[] arguments) {
    Threads.superviseOthers();
    System.exit(run(System.getenv(), arguments));
  }

  /** Runs one program and returns its exit code. */
  static int run(Map<String, String> environment, String... arguments) {
    EnvironmentOptions options = new EnvironmentOptions(FormerNames.inEnvironment(environment));
    String[] present = FormerNames.inArguments(arguments);
    Optional<TapCommand> tap = plainTap(options, present);
    return tap.isPresent() ? call(tap.get()) : parse(options, present);
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
    String first = arguments.length > 0 ? arguments[0] : "";
    addPrograms(line, first, options);
    if (options.hasUnknown(line)) { // unknown to this program, perhaps another's
      addPrograms(line, "", options);
    }
    addHelp(line, first);
    line.setParameterExceptionHandler((failure, given) -> fail(line, Suggestions.line(failure)));
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

  /** Adds what speaks of the programs, and shows options in groups. */
  private static void addHelp(CommandLine line, String name) {
    if (!line.getSubcommands().containsKey(name)) { // a program that starts needs none of them
      line.addSubcommand(new CommandLine.HelpCommand());
      line.addSubcommand(new CompletionCommand());
      line.addSubcommand(new ManualCommand());
    }
    for (CommandLine program : line.getSubcommands().values()) {
      program
          .getHelpSectionMap()
          .put(CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST, OptionGroups::render);
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
