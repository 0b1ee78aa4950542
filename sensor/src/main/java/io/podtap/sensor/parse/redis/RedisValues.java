/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * What values look like at any place of a stream: in the shape of {@link Resynchronizer.Header}.
 * Stateless.
 */
final class RedisValues {

  private static final int LINE_MAX = 512;
  private static final int DEPTH_MAX = 8;
  private static final int WORDS_MAX = 1 << 20;
  private static final int COMMAND_MAX = 32;

  private RedisValues() {}

  /** A command: a list of texts, the first one a word. */
  static long command(Payload data, int at) {
    int line = line(data, at, '*');
    if (line <= 0) {
      return line;
    }
    long count = number(data, at, line);
    int name = line(data, line, '$');
    if (name <= 0) {
      return name;
    }
    long length = number(data, line, name);
    if (count < 1 || count > WORDS_MAX || length < 1 || length > COMMAND_MAX) {
      return Resynchronizer.NONE;
    }
    for (int i = name; i < name + length; i++) {
      int letter = data.u8(i);
      boolean isLetter = (letter | 0x20) >= 'a' && (letter | 0x20) <= 'z';
      if (!isLetter && letter >= 0 && letter != '.' && letter != '_' && letter != '-') {
        return Resynchronizer.NONE;
      }
    }
    long end = name + length + 2;
    for (int i = 1; i < count && end < data.length(); i++) {
      int word = line(data, (int) end, '$');
      if (word <= 0) {
        return word == Resynchronizer.NONE ? word : data.length() - at + 1L;
      }
      end = word + number(data, (int) end, word) + 2;
    }
    return end - at;
  }

  /** A reply of any kind. */
  static long reply(Payload data, int at) {
    long end = value(data, at, 0);
    return end <= 0 ? end : end - at;
  }

  /** Returns where the value ends, {@link Resynchronizer#NONE} or {@link Resynchronizer#MORE}. */
  private static long value(Payload data, long start, int depth) {
    if (start >= data.length()) {
      return Resynchronizer.MORE;
    }
    int at = (int) start;
    int sign = data.u8(at);
    int line = line(data, at, sign);
    return switch (sign) {
      case '+', '-' -> isText(data, at + 1, line) ? line : Resynchronizer.NONE;
      case ':', ',', '(', '#', '_' -> isShort(data, at + 1, line) ? line : Resynchronizer.NONE;
      case '$', '!', '=' -> {
        if (line <= 0) {
          yield line;
        }
        long length = number(data, at, line);
        yield length >= 0 ? line + length + 2 : length == -1 ? line : Resynchronizer.NONE;
      }
      case '*', '~', '>' -> list(data, at, line, 1, depth);
      case '%' -> list(data, at, line, 2, depth);
      default -> Resynchronizer.NONE;
    };
  }

  private static long list(Payload data, int at, int line, int each, int depth) {
    if (line <= 0) {
      return line;
    }
    long count = number(data, at, line);
    if (count == -1) {
      return line;
    }
    if (count < 0 || count > WORDS_MAX || depth == DEPTH_MAX) {
      return Resynchronizer.NONE;
    }
    long end = line;
    for (long i = 0; i < each * count; i++) {
      end = value(data, end, depth + 1);
      if (end <= 0) {
        return end;
      }
    }
    return end;
  }

  private static boolean isText(Payload data, int from, int line) {
    int end = line <= 0 ? data.length() : line - 2;
    for (int i = from; i < end; i++) {
      if (data.u8(i) < ' ') {
        return false;
      }
    }
    return true;
  }

  private static boolean isShort(Payload data, int from, int line) {
    return isText(data, from, line) && (line <= 0 || line - from < 64);
  }

  /** Returns where the line behind a sign ends, NONE, or MORE when its end has not come. */
  private static int line(Payload data, int at, int sign) {
    if (data.u8(at) != sign) {
      return (int) (data.u8(at) < 0 ? Resynchronizer.MORE : Resynchronizer.NONE);
    }
    for (int i = at + 1; i < at + LINE_MAX; i++) {
      int letter = data.u8(i);
      if (letter < 0) {
        return (int) Resynchronizer.MORE;
      }
      if (letter == '\r') {
        return data.u8(i + 1) == '\n' ? i + 2 : (int) Resynchronizer.NONE;
      }
    }
    return (int) Resynchronizer.NONE;
  }

  /** Returns the number between a sign and the end of its line; -2 for anything else. */
  private static long number(Payload data, int at, int lineEnd) {
    if (data.u8(at + 1) == '-') {
      return data.u8(at + 2) == '1' && lineEnd == at + 5 ? -1 : -2;
    }
    long value = 0;
    for (int i = at + 1; i < lineEnd - 2; i++) {
      int digit = data.u8(i) - '0';
      if (digit < 0 || digit > 9 || value > 1L << 40) {
        return -2;
      }
      value = 10 * value + digit;
    }
    return lineEnd - 2 > at + 1 ? value : -2;
  }
}
