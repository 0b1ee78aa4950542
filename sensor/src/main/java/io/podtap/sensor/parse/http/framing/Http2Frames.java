/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http.framing;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/**
 * What frames look like at any place of a stream: in the shape of {@link Resynchronizer.Header}.
 * Stateless.
 *
 * @see "RFC 9113 sections 4 and 6; RFC 7838 section 4; RFC 8336 section 2; RFC 9218 section 7.1"
 */
public final class Http2Frames {

  public static final int HEADER = 9;

  /** Frames that a receiver allows may be larger; those that are recognised are not. */
  private static final int CONTENT_MAX = 1 << 20;

  private Http2Frames() {}

  /**
   * As in {@link Resynchronizer.Header}. Frames that zeros look like are not taken for a boundary:
   * a DATA frame that says nothing, and one of a stream that the server opened, which is out of
   * use.
   */
  public static long messageBytes(Payload data, int at) {
    long bytes = frameBytes(data, at);
    boolean isData = bytes > 0 && data.u8(at + 3) == 0;
    boolean isTelling =
        !isData || ((data.u8(at + 8) & 1) == 1 && (bytes > HEADER || data.u8(at + 4) != 0));
    return isTelling ? bytes : Resynchronizer.NONE;
  }

  /** As {@link #messageBytes}, for all frames that may follow another one. */
  public static long frameBytes(Payload data, int at) {
    if (data.length() - at < HEADER) {
      return data.u8(at) > 0x10 ? Resynchronizer.NONE : Resynchronizer.MORE;
    }
    int length = data.u24(at);
    int flags = data.u8(at + 4);
    long stream = data.u32(at + 5);
    if (length > CONTENT_MAX || stream > Integer.MAX_VALUE) {
      return Resynchronizer.NONE;
    }
    boolean ofStream = stream != 0;
    boolean plausible =
        switch (data.u8(at + 3)) {
          case 0 -> ofStream && (flags & ~0x09) == 0; // DATA
          case 1 -> // HEADERS
              (stream & 1) == 1 && (flags & ~0x2D) == 0 && (length > 0 || (flags & 0x04) == 0);
          case 2 -> ofStream && flags == 0 && length == 5; // PRIORITY
          case 3 -> ofStream && flags == 0 && length == 4; // RST_STREAM
          case 4 -> !ofStream && (flags & ~1) == 0 && length % 6 == 0 && length < 384; // SETTINGS
          case 5 -> ofStream && (flags & ~0x0C) == 0 && length > 4; // PUSH_PROMISE
          case 6 -> !ofStream && (flags & ~1) == 0 && length == 8; // PING
          case 7 -> !ofStream && flags == 0 && length >= 8; // GOAWAY
          case 8 -> flags == 0 && length == 4; // WINDOW_UPDATE
          case 9 -> ofStream && (flags & ~0x04) == 0; // CONTINUATION
          case 0x0A, 0x0C, 0x10 -> flags == 0 && length < 16_384; // ALTSVC and others
          default -> false;
        };
    return plausible ? (long) HEADER + length : Resynchronizer.NONE;
  }
}
