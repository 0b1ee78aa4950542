/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.util.regex.Pattern;

/**
 * Recognizes commands that a person types into a shell, and what answers the shortest of them. A
 * command alone proves nothing: the end that answers it has a shell.
 */
final class ShellCommands {

  /** How sure a line is to be for a shell. */
  enum Command {
    NONE,
    /** A word that other protocols may use: its answer tells. */
    WORD,
    CERTAIN
  }

  private static final int LENGTH_MAX = 256;

  private static final Pattern CERTAIN =
      Pattern.compile(
          "(?:uname -[a-z]+|ls -[a-zA-Z]+(?: /\\S*)?|ps (?:-ef|aux\\w*|-aux)|cat /\\S+|ip"
              + " (?:a|addr|route)|ifconfig(?: -a)?|netstat -\\w+|ss -\\w+|sudo -l|crontab -l|stty"
              + " raw .*|export TERM=\\S+|script .*/dev/null|(?:exec )?/bin/(?:ba|da|a|z)?sh(?:"
              + " -i)?|bash -i|find / .*-perm .*|(?:wget|curl) \\S*https?://\\S+.*|python[23]? -c"
              + " .*pty\\.spawn.*|whoami ?/\\w+|systeminfo|net user|ipconfig"
              + " /all|(?:id|whoami|hostname|pwd) ?(?:;|&&|\\|\\|) ?\\w.*)");

  private static final Pattern ACCOUNT = Pattern.compile("[a-z_][a-z0-9_-]{0,31}\\$?");
  private static final Pattern WINDOWS_ACCOUNT =
      Pattern.compile("[a-z0-9 .-]{1,64}\\\\[a-z0-9 ._$-]{1,64}");
  private static final Pattern FOLDER = Pattern.compile("/[^\\s:*?\"<>|]{0,255}|[A-Z]:\\\\[^\\n]*");

  private ShellCommands() {}

  /** Returns whether a message is one line with a command. */
  static Command of(String message) {
    String line = message.stripTrailing();
    if (line.isEmpty()
        || message.length() > LENGTH_MAX
        || message.charAt(message.length() - 1) != '\n'
        || line.indexOf('\n') >= 0) {
      return Command.NONE;
    }
    return switch (line) {
      case "whoami", "pwd" -> Command.WORD;
      default -> CERTAIN.matcher(line).matches() ? Command.CERTAIN : Command.NONE;
    };
  }

  /** Returns whether a message is what {@code whoami} or {@code pwd} says, and nothing more. */
  static boolean isAnswer(String message) {
    String line = message.stripTrailing();
    return message.length() <= LENGTH_MAX
        && message.endsWith("\n")
        && (ACCOUNT.matcher(line).matches()
            || WINDOWS_ACCOUNT.matcher(line).matches()
            || FOLDER.matcher(line).matches());
  }
}
