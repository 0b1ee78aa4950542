/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.text;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes texts of others safe for a log line: what could end the line, move a terminal's cursor or
 * reverse the reading direction is written as {@code \}{@code uXXXX}, and a long text is cut.
 *
 * @see "Unicode Standard, general categories Cc, Cf, Cs, Co, Cn, Zl and Zp"
 */
public final class PlainText {

  /** Characters of a name, an address or a reason that a line shows. */
  public static final int CHARACTERS_MAX = 256;

  private static final String CUT = "...";

  private PlainText() {}

  /** Returns {@code text} as one line of at most {@link #CHARACTERS_MAX} characters. */
  public static String of(@Nullable String text) {
    return of(text, CHARACTERS_MAX);
  }

  /**
   * Returns {@code text} as one line.
   *
   * @param charactersMax characters of the result at most; a longer text ends in three dots
   */
  public static String of(@Nullable String text, int charactersMax) {
    if (text == null) {
      return "no reason given";
    }
    StringBuilder out = new StringBuilder(Math.min(text.length(), charactersMax));
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      i += Character.charCount(character);
      String shown = isPrintable(character) ? Character.toString(character) : escaped(character);
      if (out.length() + shown.length() > charactersMax) {
        int end = Math.min(out.length(), Math.max(charactersMax - CUT.length(), 0));
        out.setLength(end);
        return out.append(CUT).toString();
      }
      out.append(shown);
    }
    return out.toString();
  }

  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static String escaped(int character) {
    return String.format(Locale.ROOT, "\\u%04x", character);
  }
}
