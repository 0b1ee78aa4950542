/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of HTTP/1 and HTTP/2, and frames of HTTP/2 in the middle of a connection.
 *
 * @see "RFC 9112 sections 3 and 4; RFC 9113 section 4.1; RFC 7541 appendix A; RFC 6455"
 */
final class HttpSignature {

  private static final int LOOK_BYTES_MAX = 1_024;
  private static final int METHOD_MAX = 24;
  private static final int TARGET_MAX = 8_192;
  private static final int FRAME_HEADER = 9;
  private static final int FRAMES_MIN = 2;

  /** Bytes of a frame that every receiver takes (RFC 9113 section 4.2). */
  private static final int HEAD_MAX = 1 << 14;

  private static final int NO_HEAD = 0;
  private static final int REQUEST = 1;
  private static final int ANSWER = 2;

  private HttpSignature() {}

  /** METHOD SP TARGET SP HTTP/D.D, or as much of it as is there. */
  static boolean isRequest(Payload p) {
    int at = 0;
    while (at < METHOD_MAX && isTokenLetter(p.u8(at))) {
      at++;
    }
    if (at < 3 || p.u8(at) != ' ') {
      return false;
    }
    int end = Math.min(p.length(), TARGET_MAX);
    for (int i = at + 1; i < end; i++) {
      int c = p.u8(i);
      if (c == '\n' || c == '\r') {
        return false;
      }
      if (c == ' ' && p.has(i + 1, "HTTP/")) {
        return true;
      }
    }
    return isCommonMethod(p);
  }

  private static boolean isTokenLetter(int c) {
    return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  }

  private static boolean isCommonMethod(Payload p) {
    return (p.has(0, "GET /") || p.has(0, "POST /") || p.has(0, "HEAD /")) && p.length() > 256;
  }

  static boolean isAnswer(Payload p) {
    return p.has(0, "HTTP/1.") || p.has(0, "HTTP/0.");
  }

  /** An answer that turns to WebSocket. */
  static boolean isWebSocket(Payload p) {
    return p.has(0, "HTTP/")
        && p.has(9, "101")
        && (p.contains("ebSocket", LOOK_BYTES_MAX) || p.contains("ebsocket", LOOK_BYTES_MAX));
  }

  static boolean isFrames(Payload p) {
    long at = 0;
    int count = 0;
    while (at < p.length() && count < FRAMES_MIN) {
      int start = (int) at;
      int type = p.u8(start + 3);
      long stream = p.u32(start + 5);
      int length = p.u24(start);
      boolean plausible =
          p.length() - start >= FRAME_HEADER
              && length <= 1 << 20
              && stream <= Integer.MAX_VALUE
              && isFrame(type, p.u8(start + 4), length, stream != 0);
      if (!plausible) {
        return false;
      }
      count++;
      at += FRAME_HEADER + length;
    }
    return at == p.length() || count == FRAMES_MIN || isLongHead(p);
  }

  /** A head that does not end in the segment, told by its first field. */
  private static boolean isLongHead(Payload p) {
    boolean isHead = p.u8(3) == 1 && p.u24(0) < HEAD_MAX && (p.u32(5) & 1) == 1;
    return isHead && field(p.u8(firstField(p, 0))) != NO_HEAD;
  }

  private static int firstField(Payload p, int frame) {
    int flags = p.u8(frame + 4);
    return frame + FRAME_HEADER + ((flags & 0x08) == 0 ? 0 : 1) + ((flags & 0x20) == 0 ? 0 : 5);
  }

  private static boolean isFrame(int type, int flags, int length, boolean ofStream) {
    return switch (type) {
      case 0 -> ofStream && (flags & ~0x09) == 0;
      case 1 -> ofStream && (flags & ~0x2D) == 0 && length > 0;
      case 2 -> ofStream && flags == 0 && length == 5;
      case 3 -> ofStream && flags == 0 && length == 4;
      case 4 -> !ofStream && (flags & ~1) == 0 && length % 6 == 0 && length < 384;
      case 6 -> !ofStream && (flags & ~1) == 0 && length == 8;
      case 7 -> !ofStream && flags == 0 && length >= 8;
      case 8 -> flags == 0 && length == 4;
      case 9 -> ofStream && (flags & ~0x04) == 0 && length > 0;
      default -> false;
    };
  }

  static boolean isRequestHead(Payload p) {
    return head(p) == REQUEST;
  }

  static boolean isAnswerHead(Payload p) {
    return head(p) == ANSWER;
  }

  /** Returns which head of HTTP/2 stands in the segment, told by its first field. */
  private static int head(Payload p) {
    if (!isFrames(p)) {
      return NO_HEAD;
    }
    long at = 0;
    while (at < p.length()) {
      int start = (int) at;
      if (p.u8(start + 3) == 1) {
        int found = field(p.u8(firstField(p, start)));
        if (found != NO_HEAD) {
          return found;
        }
      }
      at += FRAME_HEADER + Math.max(0, p.u24(start));
    }
    return NO_HEAD;
  }

  /** The static table's method, path and scheme, or its status. */
  private static int field(int first) {
    return switch (first) {
      case 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46 -> REQUEST;
      case 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x48 -> ANSWER;
      default -> NO_HEAD;
    };
  }
}
