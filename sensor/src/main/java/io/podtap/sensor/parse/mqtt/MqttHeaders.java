/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mqtt;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * What packets look like at any place of a stream: in the shape of {@link Resynchronizer.Header}.
 * Stateless.
 *
 * @see "OASIS MQTT 5.0 section 2.1"
 */
final class MqttHeaders {

  private static final int TOPIC_MAX = 1_024;

  private MqttHeaders() {}

  /** Returns whether the first byte of a packet has flags that its kind allows. */
  static boolean isKind(int first) {
    int flags = first & 0x0F;
    return switch (first >> 4) {
      case 3 -> (flags & 6) != 6;
      case 6, 8, 10 -> flags == 2;
      case 1, 2, 4, 5, 7, 9, 11, 12, 13, 14, 15 -> flags == 0;
      default -> false;
    };
  }

  static long messageBytes(Payload data, int at) {
    int first = data.u8(at);
    int kind = first >> 4;
    if (kind == 1 || !isKind(first)) {
      return Resynchronizer.NONE;
    }
    int header = 1;
    long length = 0;
    do {
      if (data.u8(at + header) < 0) {
        return Resynchronizer.MORE;
      }
      length |= (long) (data.u8(at + header) & 0x7F) << (7 * (header - 1));
      header++;
    } while (data.u8(at + header - 1) >= 0x80 && header < 5);
    if (data.u8(at + header - 1) >= 0x80) {
      return Resynchronizer.NONE;
    }
    boolean fits =
        switch (kind) {
          case 12, 13 -> length == 0;
          case 4, 5, 6, 7 -> isAcknowledgement(data, at + header, length);
          case 2 -> length >= 2 && length < 1_024 && data.u8(at + header) <= 1;
          case 9, 11 -> length >= 2 && length < 1_024;
          case 3 -> isTopic(data, at + header, length);
          case 8, 10 -> data.u16(at + header) != 0 && isFilters(data, at + header, length, kind);
          default -> length < 128;
        };
    return fits ? header + length : Resynchronizer.NONE;
  }

  /** An id, and in version 5 a reason, and behind it the length of properties. */
  private static boolean isAcknowledgement(Payload data, int at, long length) {
    int properties = data.u8(at + 3);
    return length == 2
        || length == 3
        || (length < 128 && properties >= 0 && properties == length - 4);
  }

  /** A topic of text without the marks of filters, as far as it is there. */
  private static boolean isTopic(Payload data, int at, long left) {
    int length = data.u16(at);
    if (length < 0) {
      return true;
    }
    if (length > left - 2 || length > TOPIC_MAX) {
      return false;
    }
    for (int i = at + 2; i < at + 2 + length; i++) {
      if (data.u8(i) == '#' || data.u8(i) == '+') {
        return false;
      }
    }
    return isText(data, at + 2, length);
  }

  /** An id, in version 5 properties, and filters that fill the message. */
  private static boolean isFilters(Payload data, int at, long left, int kind) {
    int options = kind == 8 ? 1 : 0;
    int properties = data.u8(at + 2);
    return left >= 5
        && (isFilterList(data, at + 2, at + left, options)
            || (properties >= 0
                && properties < 0x80
                && isFilterList(data, at + 3 + properties, at + left, options)));
  }

  /** Filters, and behind each its options, up to the end or as far as they are there. */
  private static boolean isFilterList(Payload data, int from, long end, int options) {
    long at = from;
    while (at < end && at < data.length()) {
      int length = data.u16((int) at);
      long next = at + 2 + length + options;
      if (length == 0 || next > end || (length > 0 && !isText(data, (int) at + 2, length))) {
        return false;
      }
      if (length < 0 || next > data.length()) {
        return true; // the rest has not come
      }
      if (options > 0 && (data.u8((int) next - 1) & 0xC3) > 2) {
        return false;
      }
      at = next;
    }
    return from < end && at <= end;
  }

  /** UTF-8 without control characters, as far as it is there. */
  private static boolean isText(Payload data, int at, int length) {
    int more = 0;
    for (int i = at; i < at + length && data.u8(i) >= 0; i++) {
      int letter = data.u8(i);
      boolean isContinuation = (letter & 0xC0) == 0x80;
      if (letter < ' ' || isContinuation != more > 0 || letter >= 0xF8) {
        return false;
      }
      more =
          isContinuation ? more - 1 : letter < 0xC0 ? 0 : letter < 0xE0 ? 1 : letter < 0xF0 ? 2 : 3;
    }
    return true;
  }
}
