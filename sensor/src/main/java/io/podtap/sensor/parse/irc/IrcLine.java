/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.irc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One line taken apart.
 *
 * @param prefix who said it, or empty
 * @param command in capital letters; of a server's reply its number
 * @param parameters what follows, leading blanks left out
 * @param weird Zeek's name of what is wrong with it, or empty: then the rest is empty too
 * @see "RFC 2812 section 2.3.1"
 */
record IrcLine(String prefix, String command, String parameters, String weird) {

  private static final int LENGTH_MIN = 3;
  private static final int WORDS_MAX = 64;

  /** Takes a line of one char a byte apart. */
  static IrcLine of(String text) {
    String rest = text.stripLeading();
    if (rest.length() < LENGTH_MIN) {
      return wrong("irc_line_too_short");
    }
    String prefix = "";
    if (rest.charAt(0) == ':') {
      int end = rest.indexOf(' ');
      if (end < 0) {
        return wrong("irc_invalid_line");
      }
      prefix = rest.substring(1, end);
      rest = rest.substring(end).stripLeading();
      if (rest.length() < LENGTH_MIN) {
        return wrong("irc_invalid_line");
      }
    }
    if (isDigit(rest, 0)) {
      boolean isReply =
          isDigit(rest, 1) && isDigit(rest, 2) && rest.length() > 3 && rest.charAt(3) == ' ';
      return isReply
          ? new IrcLine(prefix, rest.substring(0, 3), rest.substring(4), "")
          : wrong("irc_invalid_reply_number");
    }
    int end = rest.indexOf(' ');
    String command = end < 0 ? rest : rest.substring(0, end);
    String parameters = end < 0 ? "" : rest.substring(end).stripLeading();
    return new IrcLine(prefix, command.toUpperCase(Locale.ROOT), parameters, "");
  }

  private static IrcLine wrong(String weird) {
    return new IrcLine("", "", "", weird);
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  /** Returns the words of the parameters. */
  List<String> words() {
    return split(parameters, ' ');
  }

  /** Returns what stands between separators, empty words left out. */
  static List<String> split(String text, char separator) {
    List<String> words = new ArrayList<>();
    int start = 0;
    while (start < text.length() && words.size() < WORDS_MAX) {
      int end = text.indexOf(separator, start);
      end = end < 0 ? text.length() : end;
      if (end > start) {
        words.add(text.substring(start, end));
      }
      start = end + 1;
    }
    return words;
  }
}
