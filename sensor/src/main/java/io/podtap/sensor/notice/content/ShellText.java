/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes a shell by what it says: its prompt, its complaints about a missing terminal, the
 * output of {@code id}. For connections that carry no known protocol.
 */
public final class ShellText {

  private static final List<String> BANNERS =
      List.of(
          "can't access tty; job control turned off",
          "no job control in this shell",
          "cannot set terminal process group",
          "Microsoft Windows [Version ",
          "Windows PowerShell\r\nCopyright");

  private static final List<String> PROMPT_STARTS =
      List.of("sh-", "bash-", "ash-", "zsh-", "PS C:\\");

  /** How a shell that is no login shell asks, and nothing else. */
  private static final List<String> BARE_PROMPTS =
      List.of("$ ", "# ", "~ # ", "~ $ ", "/ # ", "/ $ ");

  private static final int SHOWN_MAX = 80;

  private ShellText() {}

  /** Returns what tells of a shell, or null. */
  public static @Nullable String find(String text) {
    for (String banner : BANNERS) {
      int at = text.indexOf(banner);
      if (at >= 0) {
        return cut(text.substring(at));
      }
    }
    String output = idOutput(text);
    return output != null ? output : prompt(text);
  }

  /**
   * Returns the output of {@code id} in a text, {@code uid=0(root) gid=0(root)}, or a line of
   * {@code /etc/passwd} that names root, or null.
   */
  public static @Nullable String idOutput(String text) {
    for (int at = text.indexOf("uid="); at >= 0; at = text.indexOf("uid=", at + 1)) {
      int digits = digits(text, at + 4);
      int end = digits > at + 4 ? text.indexOf(" gid=", digits) : -1;
      if (end > 0 && end - digits < 64 && digits(text, end + 5) > end + 5) {
        boolean named = end == digits || text.charAt(digits) == '(';
        if (named && (at == 0 || !isNamePart(text.charAt(at - 1)))) {
          return cut(text.substring(at));
        }
      }
    }
    int passwd = text.indexOf("root:x:0:0:");
    return passwd < 0 ? null : cut(text.substring(passwd));
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '&' || c == '?';
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && at < from + 10 && Character.digit(text.charAt(at), 10) >= 0) {
      at++;
    }
    return at;
  }

  private static @Nullable String prompt(String text) {
    if (BARE_PROMPTS.contains(text)) {
      return "prompt " + text.strip();
    }
    int line = text.lastIndexOf('\n') + 1;
    int length = text.length() - line;
    if (length < 3 || length > 120 || text.charAt(text.length() - 1) != ' ') {
      return null;
    }
    String last = text.substring(line);
    char sign = last.charAt(length - 2);
    if (sign != '$' && sign != '#' && sign != '>') {
      return null;
    }
    for (String start : PROMPT_STARTS) {
      if (last.startsWith(start)) {
        return cut(last);
      }
    }
    int at = last.indexOf('@');
    boolean named = at > 0 && last.indexOf(':', at) > at + 1 && isName(last, at);
    return named && sign != '>' ? cut(last) : null;
  }

  /** Returns whether a user's name stands in front of the at sign; colours may come first. */
  private static boolean isName(String prompt, int at) {
    char before = prompt.charAt(at - 1);
    return Character.isLetterOrDigit(before) || before == '_' || before == '-';
  }

  private static String cut(String text) {
    int end = 0;
    while (end < text.length() && end < SHOWN_MAX && text.charAt(end) >= ' ') {
      end++;
    }
    return text.substring(0, end).stripTrailing();
  }
}
