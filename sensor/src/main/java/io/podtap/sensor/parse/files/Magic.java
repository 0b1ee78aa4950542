/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * Bytes at the beginning of a file that mean a type. Read from a line of {@code magic.txt}, whose
 * notation is told there. Immutable.
 */
final class Magic {

  private static final boolean[] ANY = new boolean[0];

  /** For each value what fits that one alone; shared, for most bytes are such. */
  private static final boolean[][] ONE = new boolean[256][256];

  static {
    for (int value = 0; value < ONE.length; value++) {
      ONE[value][value] = true;
    }
  }

  private final int strength;
  private final String type;

  /** For each byte which values fit; {@link #ANY} for all. */
  private final boolean[][] bytes;

  private final int place;

  private Magic(int strength, String type, List<boolean[]> bytes) {
    this.strength = strength;
    this.type = type;
    this.bytes = bytes.toArray(new boolean[0][]);
    int at = 0;
    while (isAny(at)) {
      at++;
    }
    this.place = at;
  }

  /** Reads a line; an invalid one is our mistake. */
  static Magic read(String line) {
    StringTokenizer words = new StringTokenizer(line, " ");
    int strength = Integer.parseInt(words.nextToken());
    String type = words.nextToken();
    return new Magic(strength, type, new Pattern(words.nextToken()).bytes());
  }

  private boolean isAny(int at) {
    return bytes[at].length == 0;
  }

  /** Returns how much it tells, as Zeek has it; the more the stronger. */
  int strength() {
    return strength;
  }

  String type() {
    return type;
  }

  /** Returns where the first byte stands that must be a certain one. */
  int place() {
    return place;
  }

  /** Returns whether that byte may have a value. */
  boolean mayHave(int value) {
    return bytes[place][value];
  }

  boolean matches(Payload data) {
    if (data.length() < bytes.length) {
      return false;
    }
    for (int i = place; i < bytes.length; i++) {
      if (!isAny(i) && !bytes[i][data.u8(i)]) {
        return false;
      }
    }
    return true;
  }

  /** Takes a pattern apart. */
  private static final class Pattern {

    private final String text;
    private int at;

    Pattern(String text) {
      this.text = text;
    }

    List<boolean[]> bytes() {
      List<boolean[]> bytes = new ArrayList<>();
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '.') {
          at++;
          bytes.add(ANY);
        } else if (c == '[') {
          at++;
          bytes.add(choice());
        } else if (c == '{' && Character.isDigit(text.charAt(at + 1))) {
          int end = text.indexOf('}', at);
          int count = Integer.parseInt(text, at + 1, end, /* radix= */ 10);
          at = end + 1;
          for (int i = 0; i < count; i++) {
            bytes.add(ANY);
          }
        } else {
          bytes.add(ONE[value()]);
        }
      }
      return bytes;
    }

    private boolean[] choice() {
      boolean[] values = new boolean[256];
      while (text.charAt(at) != ']') {
        int from = value();
        int to = from;
        if (text.charAt(at) == '-') {
          at++;
          to = value();
        }
        for (int value = from; value <= to; value++) {
          values[value] = true;
        }
      }
      at++;
      return values;
    }

    private int value() {
      if (text.charAt(at) == '\\') {
        int value = Integer.parseInt(text, at + 1, at + 3, /* radix= */ 16);
        at += 3;
        return value;
      }
      return text.charAt(at++);
    }
  }
}
