/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.help;

import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The command line as a shell completes it. What may stand behind an option is read from its label:
 * {@code text|json} are two values, {@code FILE|-} is a file.
 */
final class CompletionModel {

  private static final Pattern SEPARATOR = Pattern.compile("\\|");

  /** A word to be typed as it is; in a label, what stands for something else is in capitals. */
  private static final Pattern VALUE = Pattern.compile("[A-Z]?[a-z][A-Za-z0-9-]*");

  private static final Pattern FILE = Pattern.compile("FILE|FOLDER|DIR");

  private CompletionModel() {}

  /** Returns the values that an argument's label lists, in its order. */
  static List<String> values(ArgSpec argument) {
    return parts(argument).stream().filter(part -> VALUE.matcher(part).matches()).toList();
  }

  /** Returns whether an argument may name a file or a folder. */
  static boolean isFile(ArgSpec argument) {
    return parts(argument).stream().anyMatch(part -> FILE.matcher(part).matches());
  }

  private static List<String> parts(ArgSpec argument) {
    String label = argument.paramLabel();
    return label.contains("[") ? List.of() : SEPARATOR.splitAsStream(label).toList();
  }

  /** Returns the same programs and options, with completions in picocli's terms. */
  static CommandLine of(CommandLine line) {
    CommandSpec from = line.getCommandSpec();
    CommandSpec spec = CommandSpec.create().name(from.name());
    for (OptionSpec option : from.options()) {
      if (!option.hidden()) {
        OptionSpec.Builder builder =
            OptionSpec.builder(option.names())
                .arity(option.arity().max() == 0 ? "0" : "1")
                .paramLabel(option.longestName()) // by which the script calls its values
                .type(type(option));
        if (!isFile(option) && !values(option).isEmpty()) {
          builder.completionCandidates(values(option));
        }
        spec.addOption(builder.build());
      }
    }
    for (PositionalParamSpec parameter : from.positionalParameters()) {
      PositionalParamSpec.Builder builder =
          PositionalParamSpec.builder()
              .index(parameter.index())
              .arity("0..1")
              .type(type(parameter));
      if (!isFile(parameter) && !values(parameter).isEmpty()) {
        builder.completionCandidates(values(parameter));
      }
      spec.addPositional(builder.build());
    }
    CommandLine model = new CommandLine(spec);
    for (Map.Entry<String, CommandLine> program : line.getSubcommands().entrySet()) {
      if (!program.getValue().getCommandSpec().usageMessage().hidden()) {
        model.addSubcommand(program.getKey(), of(program.getValue()));
      }
    }
    return model;
  }

  private static Class<?> type(ArgSpec argument) {
    if (argument.arity().max() == 0) {
      return boolean.class;
    }
    return isFile(argument) ? File.class : String.class;
  }
}
