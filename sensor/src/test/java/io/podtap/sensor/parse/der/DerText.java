/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.der;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.StringTokenizer;

/** Writes DER as hexadecimal digits. */
public final class DerText {

  private DerText() {}

  /** Returns an element of a content. */
  public static String element(int tag, String... content) {
    String body = String.join("", content);
    int length = body.length() / 2;
    String size =
        length < 0x80
            ? String.format("%02x", length)
            : length < 0x100 ? String.format("81%02x", length) : String.format("82%04x", length);
    return String.format("%02x", tag) + size + body;
  }

  /** Returns a sequence. */
  public static String sequence(String... content) {
    return element(DerElement.SEQUENCE, content);
  }

  /** Returns an explicit mark around an element. */
  public static String marked(int number, String... content) {
    return element(DerElement.context(number, true), content);
  }

  /** Returns a text of a kind. */
  public static String text(int tag, String text) {
    return element(tag, HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns an object identifier with dots. */
  public static String identifier(String dotted) {
    StringTokenizer words = new StringTokenizer(dotted, ".");
    int first = 40 * Integer.parseInt(words.nextToken()) + Integer.parseInt(words.nextToken());
    StringBuilder hex = new StringBuilder(arc(first));
    while (words.hasMoreTokens()) {
      hex.append(arc(Long.parseLong(words.nextToken())));
    }
    return element(DerElement.OBJECT_IDENTIFIER, hex.toString());
  }

  private static String arc(long value) {
    String hex = String.format("%02x", value & 0x7F);
    for (long rest = value >>> 7; rest > 0; rest >>>= 7) {
      hex = String.format("%02x", 0x80 | (rest & 0x7F)) + hex;
    }
    return hex;
  }
}
