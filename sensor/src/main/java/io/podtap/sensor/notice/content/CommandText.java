/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognizes commands, and code of PHP, in parameters of requests: how web shells are used. */
public final class CommandText {

  /** What is longer is not searched: the expressions are applied to text off the wire. */
  private static final int LENGTH_MAX = 2_048;

  private static final int SHOWN_MAX = 160;
  private static final String PROGRAMS =
      "(?:/usr/local/bin/|/usr/s?bin/|/s?bin/)?"
          + "(?:id|whoami|uname|hostname|ifconfig|ipconfig|netstat|cat|ls|ps|pwd|wget|curl|nc|ncat"
          + "|bash|sh|powershell|type|dir|net|nslookup|tasklist|systeminfo|printenv|python3?|perl)"
          + "(?:$|[ \\t&;|'\"<>(])";

  /** Programs that are no words of other languages, for parameters with short names. */
  private static final String CERTAIN =
      "(?:whoami|uname|ifconfig|ipconfig|netstat|cat /|ls -|ls /)(?:$|[^=])";

  /** A parameter that is called a command and has one for its value. */
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?:^|[?&])(?:(?:cmd|cmdline|command|exec|execute|shell|run|c|0)="
              + PROGRAMS
              + "|[a-z]="
              + CERTAIN
              + ")");

  /** A parameter whose value begins with code that executes something. */
  private static final Pattern CODE =
      Pattern.compile(
          "=(?:<\\?(?:php)?\\s*)?@?"
              + "(?:system|exec|shell_exec|passthru|popen|proc_open|eval|assert|ini_set)\\(");

  private CommandText() {}

  /**
   * Returns the parameter and its value, decoded and cut, or null when there is none.
   *
   * @param parameters with ampersands between them, escaped as in URIs; a path may be in front
   */
  public static @Nullable String find(String parameters) {
    if (parameters.indexOf('=') < 0) {
      return null;
    }
    String start =
        parameters.length() > LENGTH_MAX ? parameters.substring(0, LENGTH_MAX) : parameters;
    // An ampersand inside a value is not one between parameters, but its escape looks no different
    // to the expressions, which is no harm.
    String plain = unescaped(start);
    Matcher command = COMMAND.matcher(plain.toLowerCase(Locale.ROOT));
    if (command.find()) {
      return shown(plain, command.start());
    }
    Matcher code = CODE.matcher(plain);
    return code.find() ? shown(plain, Math.max(0, plain.lastIndexOf('&', code.start()))) : null;
  }

  private static String shown(String text, int from) {
    int start = from < text.length() && "?&".indexOf(text.charAt(from)) >= 0 ? from + 1 : from;
    int end = start;
    while (end < text.length() && end - start < SHOWN_MAX && text.charAt(end) >= ' ') {
      end++;
    }
    return text.substring(start, end);
  }

  /** Returns a text without the escapes of URIs and forms, one character a byte. */
  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
      if (low >= 0) {
        plain.append((char) (high << 4 | low));
        i += 2;
      } else {
        plain.append(c == '+' ? ' ' : c);
      }
    }
    return plain.toString();
  }
}
