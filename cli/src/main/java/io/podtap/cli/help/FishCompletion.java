/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.help;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Completion for fish, which picocli has none for.
 *
 * @see "fish-shell documentation, complete"
 */
final class FishCompletion {

  private FishCompletion() {}

  static String script(CommandLine root) {
    String program = root.getCommandName();
    StringBuilder text = new StringBuilder();
    text.append("# Completion of ").append(program).append(" for fish\n");
    text.append("complete -c ").append(program).append(" -f\n");
    options(text, program, "-n __fish_use_subcommand", root.getCommandSpec());
    for (Map.Entry<String, CommandLine> command : root.getSubcommands().entrySet()) {
      CommandSpec spec = command.getValue().getCommandSpec();
      if (spec.usageMessage().hidden()) {
        continue;
      }
      text.append("complete -c ")
          .append(program)
          .append(" -n __fish_use_subcommand -a ")
          .append(command.getKey())
          .append(" -d ")
          .append(quoted(first(spec.usageMessage().description())))
          .append('\n');
      String inside = "-n '__fish_seen_subcommand_from " + command.getKey() + "'";
      options(text, program, inside, spec);
      for (PositionalParamSpec parameter : spec.positionalParameters()) {
        text.append("complete -c ").append(program).append(' ').append(inside);
        text.append(CompletionModel.isFile(parameter) ? " -F" : "");
        values(text, CompletionModel.values(parameter));
        text.append('\n');
      }
    }
    return text.toString();
  }

  private static void options(
      StringBuilder text, String program, String condition, CommandSpec spec) {
    for (OptionSpec option : spec.options()) {
      if (option.hidden()) {
        continue;
      }
      text.append("complete -c ").append(program).append(' ').append(condition);
      for (String name : option.names()) {
        text.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
      }
      text.append(option.arity().max() > 0 ? " -r" : "");
      text.append(CompletionModel.isFile(option) ? " -F" : "");
      values(text, CompletionModel.values(option));
      text.append(" -d ").append(quoted(first(option.description()))).append('\n');
    }
  }

  private static void values(StringBuilder text, List<String> values) {
    if (!values.isEmpty()) {
      text.append(" -a ").append(quoted(String.join(" ", values)));
    }
  }

  private static String first(String[] description) {
    return description.length == 0
        ? ""
        : description[0].replaceAll(" \\(default: .*", "").replaceFirst("\\.$", "");
  }

  private static String quoted(String text) {
    return '\'' + text.replace("\\", "\\\\").replace("'", "\\'") + '\'';
  }
}
