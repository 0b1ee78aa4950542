/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.help;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What somebody meant who mistyped the name of a program or an option. */
public final class Suggestions {

  /** A third of the letters may be wrong. */
  private static final int PART = 3;

  /** What {@code podtap help NAME} says of a name that it does not know. */
  private static final Pattern OF_HELP = Pattern.compile("Unknown subcommand '(.*)'\\.");

  private Suggestions() {}

  /** Returns a mistake as one line, with the names that are close to what was typed. */
  public static String line(ParameterException failure) {
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    Matcher ofHelp = OF_HELP.matcher(message);
    boolean isAskedFor = ofHelp.matches();
    String typed = isAskedFor ? ofHelp.group(1) : unmatched(failure);
    if (typed.isEmpty()) {
      return message;
    }
    CommandLine command = failure.getCommandLine();
    boolean isOption = !isAskedFor && typed.startsWith("-");
    boolean isProgram = isAskedFor || (!isOption && !command.getSubcommands().isEmpty());
    String close =
        String.join(
            " or ",
            near(isOption ? typed.replaceFirst("=.*", "") : typed, names(command, isOption)));
    String said = isProgram ? "unknown program '" + typed + "'" : message;
    return close.isEmpty() ? said : said + " (did you mean " + close + "?)";
  }

  private static String unmatched(ParameterException failure) {
    return failure instanceof UnmatchedArgumentException unmatched
            && !unmatched.getUnmatched().isEmpty()
        ? unmatched.getUnmatched().getFirst()
        : "";
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

  /** Returns how many letters are to be changed, added, left out or swapped with the next one. */
  private static int distance(String one, String other) {
    int[][] rows = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      rows[i][0] = i;
    }
    for (int j = 0; j <= other.length(); j++) {
      rows[0][j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      for (int j = 1; j <= other.length(); j++) {
        boolean isSame = one.charAt(i - 1) == other.charAt(j - 1);
        boolean isSwapped =
            i > 1
                && j > 1
                && one.charAt(i - 1) == other.charAt(j - 2)
                && one.charAt(i - 2) == other.charAt(j - 1);
        int changed = rows[i - 1][j - 1] + (isSame ? 0 : 1);
        int swapped = isSwapped ? rows[i - 2][j - 2] + 1 : Integer.MAX_VALUE;
        int added = Math.min(rows[i - 1][j], rows[i][j - 1]) + 1;
        rows[i][j] = Math.min(changed, Math.min(swapped, added));
      }
    }
    return rows[one.length()][other.length()];
  }
}
