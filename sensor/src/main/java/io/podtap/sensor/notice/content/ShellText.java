/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes a shell by what it says: its prompt, its complaints about a missing terminal, the
 * output of the commands that come first ({@code id}, {@code uname -a}, {@code ls -l}, {@code ps}).
 * For connections that carry no known protocol.
 */
public final class ShellText {

  private static final List<String> BANNERS =
      List.of(
          "can't access tty; job control turned off",
          "no job control in this shell",
          "cannot set terminal process group",
          "Microsoft Windows [Version ",
          "Windows PowerShell\r\nCopyright",
          "USER       PID %CPU %MEM ", // ps of procps
          "PID   USER     TIME  COMMAND"); // ps of BusyBox

  private static final List<String> PROMPT_STARTS =
      List.of("sh-", "bash-", "ash-", "zsh-", "PS C:\\", "PS /", "PS ~");

  /** How a shell that is no login shell asks, and nothing else. */
  private static final List<String> BARE_PROMPTS = List.of("$ ", "# ");

  private static final List<String> SYSTEMS = List.of("Linux ", "Darwin ", "FreeBSD ");

  private static final List<String> ARCHITECTURES =
      List.of("x86_64", "aarch64", "amd64", "arm64", "armv", "i686", "riscv64", "ppc64", "s390x");

  private static final char ESCAPE = 0x1B;
  private static final char BELL = 7;
  private static final int SHOWN_MAX = 80;
  private static final int SHELL_NAME_MAX = 40;

  private ShellText() {}

  /** Returns what tells of a shell, or null. */
  public static @Nullable String find(String text) {
    for (String banner : BANNERS) {
      for (int at = text.indexOf(banner); at >= 0; at = text.indexOf(banner, at + 1)) {
        if (isSaidByShell(text, at)) {
          return cut(text.substring(at));
        }
      }
    }
    String output = idOutput(text, /* inLine= */ false);
    output = output != null ? output : systemOutput(text);
    if (output == null && SecretText.isOfPod(text)) {
      output = "variables of a pod";
    }
    return output != null ? output : prompt(text);
  }

  /** Returns whether nothing but the name of a shell stands in front in the same line. */
  private static boolean isSaidByShell(String text, int at) {
    int from = text.lastIndexOf('\n', at - 1) + 1;
    if (at - from > SHELL_NAME_MAX) {
      return false;
    }
    for (int i = from; i < at; i++) {
      char c = text.charAt(i);
      if (!Character.isLetterOrDigit(c) && "/:.-_ ".indexOf(c) < 0) {
        return false;
      }
    }
    return from == at || text.substring(from, at).contains("sh: ");
  }

  /** Returns what {@code uname -a} or a long {@code ls} says in a text, or null. */
  static @Nullable String systemOutput(String text) {
    for (String system : SYSTEMS) {
      int at = text.indexOf(system);
      boolean begins = at == 0 || (at > 0 && text.charAt(at - 1) == '\n');
      int end = begins ? text.indexOf('\n', at) : -1;
      boolean isLog = text.startsWith("Linux version ", at); // of the kernel, as it starts
      if (end > 0 && !isLog && ARCHITECTURES.stream().anyMatch(text.substring(at, end)::contains)) {
        return cut(text.substring(at));
      }
    }
    int total = text.startsWith("total ") ? digits(text, 6) : 0;
    boolean isList = total > 6 && (text.startsWith("\nd", total) || text.startsWith("\n-", total));
    return isList && text.startsWith("r", total + 2) ? cut(text.substring(total + 1)) : null;
  }

  /**
   * Returns the output of {@code id} in a text, {@code uid=0(root) gid=0(root)}, a line of {@code
   * /etc/passwd} that names root, or that /etc/shadow is shown, or null.
   *
   * @param inLine whether it may stand inside a line, as in a page
   */
  static @Nullable String idOutput(String text, boolean inLine) {
    for (int at = text.indexOf("uid="); at >= 0; at = text.indexOf("uid=", at + 1)) {
      int digits = digits(text, at + 4);
      int gid = digits > at + 4 ? text.indexOf(" gid=", digits) : -1;
      int end = gid < 0 ? -1 : digits(text, gid + 5);
      boolean isGroup = gid >= 0 && gid - digits < 64 && end > gid + 5;
      if (isGroup && isNamed(text, digits, gid, end) && begins(text, at, inLine)) {
        return cut(text.substring(at));
      }
    }
    int passwd = text.indexOf("root:x:0:0:");
    if (passwd >= 0) {
      return cut(text.substring(passwd));
    }
    // the age of a password in /etc/shadow, with the defaults of every distribution
    return text.startsWith("root:") && text.contains(":0:99999:7:") ? "/etc/shadow" : null;
  }

  /**
   * Returns whether names follow both numbers, or none and nothing that {@code id} does not say.
   */
  private static boolean isNamed(String text, int afterUser, int gid, int afterGroup) {
    if (text.charAt(afterUser) == '(') {
      return afterGroup == text.length() || text.charAt(afterGroup) == '(';
    }
    return afterUser == gid
        && (afterGroup == text.length()
            || "\r\n<\"\\".indexOf(text.charAt(afterGroup)) >= 0
            || text.startsWith(" groups=", afterGroup));
  }

  private static boolean begins(String text, int at, boolean inLine) {
    if (at == 0 || text.charAt(at - 1) == '\n') {
      return true;
    }
    return inLine
        ? !isNamePart(text.charAt(at - 1))
        : text.startsWith("$ ", at - 2) || text.startsWith("# ", at - 2);
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
    String last = withoutControls(text.substring(text.lastIndexOf('\n') + 1));
    if (isWindowsPrompt(last)) {
      return cut(last);
    }
    int length = last.length();
    if (length < 3 || length > 120 || last.charAt(length - 1) != ' ') {
      return null;
    }
    char sign = last.charAt(length - 2);
    if (sign != '$' && sign != '#' && sign != '>') {
      return null;
    }
    for (String start : PROMPT_STARTS) {
      if (last.startsWith(start)) {
        return cut(last);
      }
    }
    if (last.charAt(length - 3) == ' ' && isPath(last, 0, length - 3)) {
      return cut(last); // BusyBox: the folder and a sign
    }
    int from = last.charAt(0) == '(' ? last.indexOf(") ") + 2 : 0; // an environment of Python
    int at = last.indexOf('@', Math.max(from, 0));
    if (!isName(last, from, at)) {
      return null;
    }
    int colon = last.indexOf(':', at);
    int blank = last.indexOf(' ', at);
    boolean isDebian = colon > at + 1 && sign != '>';
    boolean isRedHat = last.charAt(0) == '[' && last.charAt(length - 3) == ']';
    boolean isFish = blank > at + 1 && isPath(last, blank + 1, length - 2);
    return isDebian || isRedHat || isFish ? cut(last) : null;
  }

  /**
   * Returns whether a line is {@code C:\folder>}, as of cmd.exe and of PowerShell without blanks.
   */
  private static boolean isWindowsPrompt(String line) {
    int from = line.startsWith("PS ") ? 3 : 0;
    int length = line.length();
    return length > from + 3
        && length < 260
        && line.charAt(length - 1) == '>'
        && line.startsWith(":\\", from + 1)
        && Character.isUpperCase(line.charAt(from))
        && line.indexOf('>') == length - 1
        && line.indexOf('"') < 0;
  }

  /** Returns whether a folder and nothing else stands there, such as {@code /app} or {@code ~}. */
  private static boolean isPath(String text, int from, int to) {
    if (from >= to || (text.charAt(from) != '/' && text.charAt(from) != '~')) {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7F || "<>\"'{}|;?&=".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a user's name stands there; a bracket may be in front of it. */
  private static boolean isName(String prompt, int start, int end) {
    int from = start < prompt.length() && prompt.charAt(start) == '[' ? start + 1 : start;
    for (int i = from; i < end; i++) {
      char c = prompt.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '_' && c != '-' && c != '.') {
        return false;
      }
    }
    return from < end;
  }

  /** Returns a text without titles of windows, colours and other controls (ECMA-48). */
  private static String withoutControls(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
      if (c == ESCAPE && next == '[') {
        i += 2;
        while (i < text.length() && text.charAt(i) < '@') {
          i++;
        }
      } else if (c == ESCAPE && next == ']') {
        while (i < text.length() && text.charAt(i) != BELL) {
          i++;
        }
      } else if (c >= ' ') {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private static String cut(String text) {
    int end = 0;
    while (end < text.length() && end < SHOWN_MAX && text.charAt(end) >= ' ') {
      end++;
    }
    return text.substring(0, end).stripTrailing();
  }
}
