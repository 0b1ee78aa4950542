/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import java.util.function.Consumer;

/**
 * Percent escapes in a request target, taken out.
 *
 * @see "RFC 3986 section 2.1"
 */
final class UriText {

  private UriText() {}

  /** Returns the text with escapes replaced; tells the names of what is odd. */
  static String unescape(String text, Consumer<String> weird) {
    int at = text.indexOf('%');
    if (at < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length()).append(text, 0, at);
    int length = text.length();
    while (at < length) {
      char c = text.charAt(at);
      if (c != '%') {
        out.append(c);
        at++;
      } else if (at + 1 == length) {
        weird.accept("illegal_%_at_end_of_URI");
        out.append(c);
        at++;
      } else if (text.charAt(at + 1) == '%') {
        weird.accept("double_%_in_URI");
        out.append(c);
        at++;
      } else if (at + 2 == length) {
        weird.accept("partial_escape_at_end_of_URI");
        out.append(text, at, length);
        at = length;
      } else if (hex(text, at + 1, 2) >= 0) {
        out.append((char) hex(text, at + 1, 2));
        at += 3;
      } else if (text.charAt(at + 1) == 'u' && at + 6 <= length && hex(text, at + 2, 4) >= 0) {
        int code = hex(text, at + 2, 4); // not in any RFC, and seen
        out.append((char) (code >>> 8)).append((char) (code & 0xFF));
        at += 6;
      } else {
        weird.accept("unescaped_%_in_URI");
        out.append(c).append(text.charAt(at + 1));
        at += 2;
      }
    }
    return out.toString();
  }

  private static int hex(String text, int at, int count) {
    int value = 0;
    for (int i = at; i < at + count; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0 || text.charAt(i) > 0x7F) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
