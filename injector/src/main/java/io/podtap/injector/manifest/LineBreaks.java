/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

/**
 * Lines of a text. A line feed, a carriage return, or both together end a line.
 *
 * @see "YAML 1.2.2 section 5.4"
 */
final class LineBreaks {

  private LineBreaks() {}

  static boolean isBreak(char character) {
    return character == '\n' || character == '\r';
  }

  static int startOfLine(CharSequence text, int offset) {
    int start = offset;
    while (start > 0 && !isBreak(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  /** Returns the place behind the line's end, or the end of the text. */
  static int endOfLine(CharSequence text, int offset) {
    int end = offset;
    while (end < text.length() && !isBreak(text.charAt(end))) {
      end++;
    }
    return end + lengthAt(text, end);
  }

  /** Returns how many characters the line break at a place has, 0 when there is none. */
  static int lengthAt(CharSequence text, int offset) {
    if (offset >= text.length() || !isBreak(text.charAt(offset))) {
      return 0;
    }
    boolean isPair =
        text.charAt(offset) == '\r'
            && offset + 1 < text.length()
            && text.charAt(offset + 1) == '\n';
    return isPair ? 2 : 1;
  }

  /** Returns how many characters the line break before a place has, 0 when there is none. */
  static int lengthBefore(CharSequence text, int offset) {
    if (offset == 0 || !isBreak(text.charAt(offset - 1))) {
      return 0;
    }
    boolean isPair =
        text.charAt(offset - 1) == '\n' && offset > 1 && text.charAt(offset - 2) == '\r';
    return isPair ? 2 : 1;
  }

  /** Returns the first line break of a text, or a line feed. */
  static String first(String text) {
    int end = endOfLine(text, 0);
    int length = lengthBefore(text, end);
    return length == 0 ? "\n" : text.substring(end - length, end);
  }
}
