/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a data connection goes to.
 *
 * @param high upper half of the address, as in Flow
 * @param low lower half
 */
record DataAddress(long high, long low, int port) {

  private static final long IPV4_PREFIX = 0xFFFFL << 32;

  /** Characters of the shortest one. */
  private static final int NUMBERS_LENGTH_MIN = 11;

  /** Reads "h1,h2,h3,h4,p1,p2" at the beginning of a text (RFC 959 section 4.1.2). */
  static @Nullable DataAddress ofNumbers(String text) {
    long all = text.length() < NUMBERS_LENGTH_MIN ? -1 : sixNumbers(text, 0);
    return all < 0 ? null : new DataAddress(0, IPV4_PREFIX | all >>> 16, (int) (all & 0xFFFF));
  }

  /** As above, in a reply: behind a parenthesis, the word PORT, or where the first comma is. */
  static @Nullable DataAddress ofReply(String text) {
    int start = text.indexOf('(') + 1;
    if (start == 0 && text.contains("PORT")) {
      start = text.indexOf("PORT") + 5;
    } else if (start == 0 && text.indexOf(',') >= 0) {
      start = text.indexOf(',');
      while (isDigit(text, start - 1)) {
        start--;
      }
    }
    return start > text.length() ? null : ofNumbers(text.substring(start));
  }

  private static long sixNumbers(String text, int start) {
    long all = 0;
    int at = start;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    for (int i = 0; i < 6; i++) {
      if (i > 0) {
        if (at >= text.length() || text.charAt(at) != ',') {
          return -1;
        }
        at++;
      }
      int number = 0;
      int from = at;
      while (isDigit(text, at) && at - from < 9) {
        number = 10 * number + text.charAt(at) - '0';
        at++;
      }
      if (at == from || number > 255) {
        return -1;
      }
      all = all << 8 | number;
    }
    return all;
  }

  private static boolean isDigit(String text, int at) {
    return at >= 0 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  /**
   * Reads "|family|address|port|" (RFC 2428), with another sign than "|" if need be.
   *
   * @param high of the address when none is given
   */
  static @Nullable DataAddress ofFields(String text, long high, long low) {
    int start = Math.max(0, text.indexOf('(') + 1);
    if (start >= text.length()) {
      return null;
    }
    String[] fields =
        text.substring(start).split(Pattern.quote(text.substring(start, start + 1)), -1);
    if (fields.length < 5) {
      return null;
    }
    try {
      int port = Integer.parseInt(fields[3]);
      if (port < 0 || port > 0xFFFF) {
        return null;
      }
      if (fields[2].isEmpty()) {
        return new DataAddress(high, low, port);
      }
      byte[] address = InetAddress.ofLiteral(fields[2]).getAddress();
      ByteBuffer bytes = ByteBuffer.wrap(address);
      return address.length == 4
          ? new DataAddress(0, IPV4_PREFIX | (bytes.getInt() & 0xFFFF_FFFFL), port)
          : new DataAddress(bytes.getLong(), bytes.getLong(), port);
    } catch (IllegalArgumentException e) {
      return null; // not an address, or not a number
    }
  }
}
