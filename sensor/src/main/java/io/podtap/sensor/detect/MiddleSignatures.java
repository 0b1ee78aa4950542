package io.podtap.sensor.detect;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;

/**
 * Messages in the middle of connections over TCP whose beginning was not seen: one segment at a
 * time, where a message begins with the segment. Protocols whose messages are all like their first
 * ones are in {@link StreamSignatures}.
 *
 * @see "RFC 8446 section 5.1; RFC 9113 section 4.1; OASIS MQTT 5.0 section 2.1"
 */
final class MiddleSignatures {

  private static final int TLS_RECORD_MAX = 16_384 + 2_048;
  private static final int HTTP2_HEADER = 9;
  private static final int HTTP2_FRAMES_MIN = 2;
  private static final int MESSAGES_MAX = 64;
  private static final int CHAIN_MIN = 2;

  private static final int NO_HEAD = 0;
  private static final int REQUEST = 1;
  private static final int ANSWER = 2;

  private MiddleSignatures() {}

  static long guess(Payload p, int port) {
    if (isTls(p)) {
      return Service.SSL.bit();
    }
    if (isHttp2(p)) {
      return Service.HTTP.bit();
    }
    if (isAmqp(p)) {
      return Service.AMQP.bit();
    }
    if (isMqtt(p)) {
      return Service.MQTT.bit();
    }
    if (isPostgresql(p)) {
      return Service.POSTGRESQL.bit();
    }
    return port == 53 && isDns(p) ? Service.DNS.bit() : 0;
  }

  /** Returns whether only a client sends this. */
  static boolean isClients(Payload p) {
    return head(p) == REQUEST
        || (ClusterSignatures.client(p) != 0 && ClusterSignatures.server(p) == 0)
        || isPostgresql(p)
        || (p.u8(0) == 0x82 && isMqtt(p));
  }

  /** Returns whether only a server sends this. */
  static boolean isServers(Payload p) {
    return head(p) == ANSWER
        || (ClusterSignatures.client(p) == 0 && ClusterSignatures.server(p) != 0);
  }

  /** Returns which head of HTTP/2 stands in the segment, told by its first field. */
  private static int head(Payload p) {
    if (!isHttp2(p)) {
      return NO_HEAD;
    }
    long at = 0;
    while (at < p.length()) {
      int start = (int) at;
      if (p.u8(start + 3) == 1) {
        int flags = p.u8(start + 4);
        int padding = (flags & 0x08) != 0 ? 1 : 0;
        int priority = (flags & 0x20) != 0 ? 5 : 0;
        int found = field(p.u8(start + HTTP2_HEADER + padding + priority));
        if (found != NO_HEAD) {
          return found;
        }
      }
      at += HTTP2_HEADER + Math.max(0, p.u24(start));
    }
    return NO_HEAD;
  }

  /** The static table's method, path and scheme, or its status (RFC 7541 appendix A). */
  private static int field(int first) {
    return switch (first) {
      case 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46 -> REQUEST;
      case 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x48 -> ANSWER;
      default -> NO_HEAD;
    };
  }

  /** Records of application data or alerts that fill the segment, or begin in it. */
  private static boolean isTls(Payload p) {
    long at = 0;
    int count = 0;
    while (at < p.length() && count < MESSAGES_MAX) {
      int start = (int) at;
      int type = p.u8(start);
      int length = p.u16(start + 3);
      if (p.length() - start < 5) {
        return count >= CHAIN_MIN;
      }
      if (type < 0x14
          || type > 0x17
          || p.u8(start + 1) != 3
          || p.u8(start + 2) > 4
          || length == 0
          || length > TLS_RECORD_MAX) {
        return false;
      }
      count++;
      at += 5 + length;
    }
    return count > 0;
  }

  private static boolean isHttp2(Payload p) {
    long at = 0;
    int count = 0;
    while (at < p.length() && count < HTTP2_FRAMES_MIN) {
      int start = (int) at;
      int type = p.u8(start + 3);
      long stream = p.u32(start + 5);
      int length = p.u24(start);
      boolean plausible =
          p.length() - start >= HTTP2_HEADER
              && length <= 1 << 20
              && stream <= Integer.MAX_VALUE
              && isHttp2Frame(type, p.u8(start + 4), length, stream != 0);
      if (!plausible) {
        return false;
      }
      count++;
      at += HTTP2_HEADER + length;
    }
    return at == p.length() || count == HTTP2_FRAMES_MIN;
  }

  private static boolean isHttp2Frame(int type, int flags, int length, boolean ofStream) {
    return switch (type) {
      case 0 -> ofStream && (flags & ~0x09) == 0;
      case 1 -> ofStream && (flags & ~0x2D) == 0 && length > 0;
      case 3 -> ofStream && flags == 0 && length == 4;
      case 4 -> !ofStream && (flags & ~1) == 0 && length % 6 == 0 && length < 384;
      case 6 -> !ofStream && (flags & ~1) == 0 && length == 8;
      case 7 -> !ofStream && flags == 0 && length >= 8;
      case 8 -> flags == 0 && length == 4;
      default -> false;
    };
  }

  /** A frame of 0-9-1 with its last byte, or a performative of 1.0 with its descriptor. */
  private static boolean isAmqp(Payload p) {
    int type = p.u8(0);
    long size = p.u32(3);
    if ((type == 1 || type == 2) && size >= 4 && p.u8(7) == 0 && isAmqpClass(p.u8(8))) {
      return type == 2 || (p.u8(9) == 0 && p.u8(10) >= 10 && p.u8(10) < 130);
    }
    if (type == 8 && size == 0 && p.u16(1) == 0 && p.u8(7) == 0xCE) {
      return true;
    }
    boolean isDescribed = p.u8(8) == 0 && p.u8(9) == 0x53;
    boolean isCode = (p.u8(10) >= 0x10 && p.u8(10) <= 0x18) || (p.u8(10) & 0xF8) == 0x40;
    return p.u32(0) < 1 << 20 && p.u8(4) == 2 && p.u8(5) <= 1 && isDescribed && isCode;
  }

  private static boolean isAmqpClass(int number) {
    return switch (number) {
      case 10, 20, 40, 50, 60, 85, 90 -> true;
      default -> false;
    };
  }

  /** PUBLISH, SUBSCRIBE or UNSUBSCRIBE with a topic in it, whose length fills the segment. */
  private static boolean isMqtt(Payload p) {
    int kind = p.u8(0) >> 4;
    boolean isTelling = kind == 3 || p.u8(0) == 0x82 || p.u8(0) == 0xA2;
    if (!isTelling || (kind == 3 && (p.u8(0) & 6) == 6)) {
      return false;
    }
    int header = 1;
    long length = 0;
    do {
      length |= (long) (Math.max(0, p.u8(header)) & 0x7F) << (7 * (header - 1));
      header++;
    } while (p.u8(header - 1) >= 0x80 && header < 5);
    int topic = kind == 3 ? header : header + 2;
    int topicLength = p.u16(topic);
    if (header + length != p.length() || topicLength < 1 || topicLength > length - 2) {
      return false;
    }
    for (int at = topic + 2; at < topic + 2 + topicLength; at++) {
      if (p.u8(at) < ' ') {
        return false;
      }
    }
    return true;
  }

  /** Messages of the client that fill the segment, the first one a query, a Parse or a Bind. */
  private static boolean isPostgresql(Payload p) {
    int first = p.u8(0);
    if (first != 'Q' && first != 'P' && first != 'B') {
      return false;
    }
    long at = 0;
    while (at < p.length()) {
      long length = p.u32((int) at + 1);
      if (length < 4 || "QPBEDSCHFX".indexOf(p.u8((int) at)) < 0) {
        return false;
      }
      at += 1 + length;
    }
    return at == p.length() && (first != 'Q' || p.u8(p.length() - 1) == 0);
  }

  /** A message behind its length, whose length fills the segment. */
  private static boolean isDns(Payload p) {
    return p.u16(0) >= 12
        && p.u16(0) <= p.length() - 2
        && DatagramSignatures.isDns(new Payload().wrap(p, 2, p.length()));
  }
}
