/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.help;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What somebody meant who mistyped the name of a program or an option. */
public final class Suggestions {

  /** A third of the letters may be wrong. */
  private static final int PART = 3;

  private Suggestions() {}

  /** Returns a mistake as one line, with the names that are close to what was typed. */
  public static String line(ParameterException failure) {
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    if (!(failure instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return message;
    }
    String typed = unmatched.getUnmatched().getFirst();
    CommandLine command = failure.getCommandLine();
    boolean isOption = typed.startsWith("-");
    boolean isProgram = !isOption && !command.getSubcommands().isEmpty();
    String close =
        String.join(
            " or ",
            near(isOption ? typed.replaceFirst("=.*", "") : typed, names(command, isOption)));
    String said = isProgram ? "unknown program '" + typed + "'" : message;
    return close.isEmpty() ? said : said + " (did you mean " + close + "?)";
  }

  private static List<String> names(CommandLine command, boolean isOption) {
    List<String> names = new ArrayList<>();
    if (isOption) {
      command.getCommandSpec().options().stream()
          .filter(option -> !option.hidden())
          .forEach(option -> names.addAll(List.of(option.names())));
    } else {
      command
          .getSubcommands()
          .forEach((name, program) -> {
            if (!program.getCommandSpec().usageMessage().hidden()) {
              names.add(name);
            }
          });
    }
    return names;
  }

  /** Returns up to two names that differ little from a text, the closest first. */
  static List<String> near(String text, List<String> names) {
    return names.stream()
        .filter(name -> distance(text, name) <= Math.max(1, (name.length() + 1) / PART))
        .filter(name -> name.length() > 2)
        .sorted(Comparator.comparingInt((String name) -> distance(text, name)))
        .limit(2)
        .toList();
  }

  /** Returns how many letters are to be changed, added or left out. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
