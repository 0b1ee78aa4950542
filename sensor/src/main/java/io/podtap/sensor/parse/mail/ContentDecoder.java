/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mail;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.Arrays;

/**
 * Undoes the transfer encoding of a content line by line. One thread.
 *
 * @see "RFC 2045 sections 6.7 and 6.8"
 */
public final class ContentDecoder {

  private static final byte[] SIXES = new byte[128];

  static {
    Arrays.fill(SIXES, (byte) -1);
    String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < digits.length(); i++) {
      SIXES[digits.charAt(i)] = (byte) i;
    }
  }

  private final Payload decoded = new Payload();
  private byte[] bytes = new byte[128];
  private int bits;
  private int bitCount;
  private boolean over;

  /** Characters of the group at hand, paddings among them. */
  private int grouped;

  /** Whether the group at hand is the one that padding has begun in. */
  private boolean inFirstPadding;

  private boolean isWeird;

  /** Begins a new content. */
  void clear() {
    bits = 0;
    bitCount = 0;
    over = false;
    grouped = 0;
    inFirstPadding = false;
    isWeird = false;
  }

  /** Returns the heap that its room takes. */
  long heapBytes() {
    return bytes.length;
  }

  private void room(int wanted) {
    if (bytes.length < wanted) {
      bytes = new byte[Math.max(2 * bytes.length, wanted)];
    }
  }

  /**
   * Decodes a line to base 64; what is no digit is left out, what follows padding is nothing. The
   * first thing that is wrong with a content is noted.
   */
  public Payload base64(Session session, Payload line) {
    room(line.length());
    int count = 0;
    for (int i = 0; i < line.length(); i++) {
      int c = line.u8(i);
      boolean isPadding = c == '=';
      if (!isPadding && (c >= 128 || SIXES[c] < 0)) {
        weird(session, "character " + c + " ignored by Base64 decoding");
        continue;
      }
      grouped = (grouped + 1) & 3;
      if (over && grouped == 0 && !inFirstPadding) {
        weird(session, "extra base64 groups after '=' padding are ignored");
      }
      inFirstPadding &= grouped != 0;
      if (isPadding && !over) {
        over = true;
        inFirstPadding = grouped != 0;
      } else if (!isPadding && !over) {
        bits = (bits << 6 | SIXES[c]) & 0xFFFF;
        bitCount += 6;
        if (bitCount >= 8) {
          bitCount -= 8;
          bytes[count++] = (byte) (bits >>> bitCount);
        }
      }
    }
    return decoded.wrap(bytes, 0, count);
  }

  /** Notes that a content ends within a group. */
  public void end(Session session) {
    if (grouped != 0) {
      int missing = 6 * (4 - grouped);
      weird(session, "incomplete base64 group, padding with " + missing + " bits of 0");
    }
    clear();
  }

  private void weird(Session session, String detail) {
    if (!isWeird) {
      isWeird = true;
      session.weird("base64_illegal_encoding", detail, /* source= */ "");
    }
  }

  /** Returns whether a quoted-printable line goes on in the next one. */
  static boolean isSoftBreak(Payload line) {
    return line.u8(contentLength(line) - 1) == '=';
  }

  private static int contentLength(Payload line) {
    int end = line.length();
    while (end > 0 && (line.u8(end - 1) == ' ' || line.u8(end - 1) == '\t')) {
      end--;
    }
    return end;
  }

  /** Decodes a quoted-printable line. */
  Payload quotedPrintable(Payload line) {
    room(line.length());
    int end = contentLength(line);
    if (line.u8(end - 1) == '=') {
      end--;
    }
    int count = 0;
    for (int i = 0; i < end; i++) {
      int high = Character.digit(line.u8(i + 1), 16);
      int low = Character.digit(line.u8(i + 2), 16);
      if (line.u8(i) == '=' && i + 2 < end && high >= 0 && low >= 0) {
        bytes[count++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        bytes[count++] = (byte) line.u8(i);
      }
    }
    return decoded.wrap(bytes, 0, count);
  }
}
