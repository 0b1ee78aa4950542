/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.amqp;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * What frames look like at any place of a stream: in the shape of {@link Resynchronizer.Header}.
 * Stateless.
 */
final class AmqpFrames {

  private static final int METHOD = 1;
  private static final int CONTENT_HEADER = 2;
  private static final int BODY = 3;
  private static final int HEARTBEAT = 8;
  private static final int HEAD = 7;
  private static final int END = 0xCE;
  private static final int BASIC = 60;
  private static final int METHOD_MAX = 130;

  /** Frames that are larger are followed, and not recognised. */
  private static final long SIZE_MAX = 16 << 20;

  private static final int HEAD_VERSION_1 = 8;
  private static final int SMALL_ULONG = 0x53;
  private static final int ULONG = 0x80;

  private AmqpFrames() {}

  /** Version 0-9-1: of methods the class is known, of all others the last byte. */
  static long version091(Payload data, int at) {
    int type = data.u8(at);
    if (type != METHOD && type != CONTENT_HEADER && type != BODY && type != HEARTBEAT) {
      return Resynchronizer.NONE;
    }
    if (data.length() - at < HEAD + 1) {
      return Resynchronizer.MORE;
    }
    long size = data.u32(at + 3);
    if (size > SIZE_MAX) {
      return Resynchronizer.NONE;
    }
    int last = data.u8((int) (at + HEAD + size));
    if (last >= 0 && last != END && type != METHOD) {
      return Resynchronizer.NONE;
    }
    boolean plausible =
        switch (type) {
          case METHOD -> size >= 4 && isMethod(data.u16(at + 7), data.u16(at + 9));
          case CONTENT_HEADER ->
              size >= 14 && data.u16(at + 7) == BASIC && data.u16(at + 9) == 0 && last == END;
          case BODY -> last == END;
          default -> size == 0 && data.u16(at + 1) == 0 && last == END;
        };
    if (plausible) {
      return HEAD + size + 1;
    }
    boolean cut = last < 0 && (type != METHOD || data.length() - at < HEAD + 4);
    return cut ? Resynchronizer.MORE : Resynchronizer.NONE;
  }

  private static boolean isMethod(int type, int method) {
    return switch (type) {
      case 10, 20, 40, 50, 60, 85, 90 -> method >= 10 && method < METHOD_MAX;
      default -> false;
    };
  }

  /** Version 1.0: a performative that is known, or an empty frame. */
  static long version1(Payload data, int at) {
    if (data.length() - at < HEAD_VERSION_1) {
      return data.u8(at) > 0 ? Resynchronizer.NONE : Resynchronizer.MORE;
    }
    long size = data.u32(at);
    int words = data.u8(at + 4);
    boolean isHeader = size >= 4L * words && words >= 2 && words <= 4 && data.u8(at + 5) <= 1;
    if (!isHeader || size > SIZE_MAX) {
      return Resynchronizer.NONE;
    }
    if (size == HEAD_VERSION_1) {
      return size;
    }
    int body = at + 4 * words;
    int code = data.u8(body + 1) == SMALL_ULONG ? data.u8(body + 2) : data.u8(body + 9);
    if (data.u8(body) > 0
        || (data.u8(body + 1) >= 0
            && data.u8(body + 1) != SMALL_ULONG
            && data.u8(body + 1) != ULONG)) {
      return Resynchronizer.NONE;
    }
    if (code < 0) {
      return Resynchronizer.MORE;
    }
    boolean isKnown = (code >= 0x10 && code <= 0x18) || (code >= 0x40 && code <= 0x44);
    return isKnown ? size : Resynchronizer.NONE;
  }
}
