/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Session;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The credentials of basic authentication, read as leniently as Zeek reads them: what is no
 * character of Base64 is left out, an incomplete group is filled up.
 *
 * @see "RFC 7617 section 2; RFC 4648 section 4"
 */
final class BasicCredentials {

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private static final int GROUP = 4;
  private static final int BITS = 6;

  private BasicCredentials() {}

  /** Returns what the text stands for, one character a byte; notes what is weird about it. */
  static String decode(Session session, String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int group = 0;
    int count = 0;
    int padding = 0;
    boolean isWeird = false;
    boolean isOver = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '=' ? 0 : ALPHABET.indexOf(c);
      if (value < 0) {
        if (!isWeird) {
          weird(session, "character " + (int) c + " ignored by Base64 decoding");
        }
        isWeird = true;
        continue;
      }
      padding += c == '=' ? 1 : 0;
      group = group << BITS | value;
      if (++count == GROUP) {
        if (isOver && !isWeird) {
          weird(session, "extra base64 groups after '=' padding are ignored");
          isWeird = true;
        } else if (!isOver) {
          put(out, group, padding);
        }
        isOver |= padding > 0;
        group = 0;
        count = 0;
        padding = 0;
      }
    }
    if (count > 0) {
      int missing = GROUP - count;
      if (!isWeird) {
        weird(session, "incomplete base64 group, padding with " + missing * BITS + " bits of 0");
      }
      put(out, group << (missing * BITS), padding + missing);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static void put(ByteArrayOutputStream out, int group, int padding) {
    for (int i = 0; i < 3 - padding; i++) {
      out.write(group >>> (16 - 8 * i));
    }
  }

  private static void weird(Session session, String detail) {
    session.weird("base64_illegal_encoding", detail, /* source= */ "");
  }
}
