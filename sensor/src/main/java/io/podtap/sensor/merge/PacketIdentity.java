/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.Tcp;
import io.podtap.core.packet.Udp;
import java.lang.foreign.MemorySegment;

/**
 * What of a packet is the same wherever it is seen on its way, and what says which of two packets
 * was sent first. Hop limit, traffic class, checksums and the link layer change on the way and do
 * not count; the IPv4 identification does not.
 *
 * @see "RFC 791; RFC 8200; RFC 9293 section 3.1; RFC 7323 section 3; RFC 768; RFC 1035 section
 *     4.1.1"
 */
final class PacketIdentity {

  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;
  private static final int FLAGS = 0x3F;
  private static final int DNS_PORT = 53;
  private static final int DNS_RESPONSE = 0x80;
  private static final int ECHO_LENGTH = 8;
  private static final int END_OF_OPTIONS = 0;
  private static final int NO_OPERATION = 1;
  private static final int TIMESTAMP = 8;
  private static final int TIMESTAMP_LENGTH = 10;

  /** How far two identifications lie apart at most that say anything of an order. */
  private static final int IDENTIFICATIONS_NEAR = 1 << 10;

  /** The same for all copies, cut or not. */
  long key;

  /** Of the payload; 0 when it says nothing more, or when the packet was cut. */
  long payload;

  boolean cut;

  /** Whether a packet that was sent again would have another key. */
  boolean unique;

  /** Connection, the same for both directions; 0 when the packet belongs to none that orders. */
  private long connection;

  private int source;
  private int identification;
  private boolean tcp;
  private boolean acknowledges;
  private int sequence;
  private int sequenceEnd;
  private int dataLength;
  private int acknowledgment;
  private boolean answer;
  private long payloadOffset;
  private long payloadEnd;

  /** Reads a packet with an IP header, but for its payload. */
  void read(MemorySegment segment, Headers headers) {
    payload = 0;
    payloadEnd = Math.min(headers.captureEnd(), headers.ipEnd());
    payloadOffset = readHeaders(segment, headers);
  }

  /** Reads the payload of the same packet, which costs more. */
  void readPayload(MemorySegment segment) {
    if (!cut && !tcp && payloadOffset >= 0) {
      payload = bytes(segment, payloadOffset, payloadEnd);
    }
  }

  /** Returns where the payload begins, or -1 when there is none. */
  private long readHeaders(MemorySegment segment, Headers headers) {
    long ip = headers.ipOffset();
    boolean ipv4 = headers.ipVersion() == 4;
    long end = Math.min(headers.captureEnd(), headers.ipEnd());
    cut = headers.ipEnd() > headers.captureEnd();
    identification = 0;
    long hash;
    if (ipv4) {
      identification = Ipv4.identification(segment, ip);
      hash = mix(Ipv4.totalLength(segment, ip), identification);
      hash = mix(hash, Ipv4.fragmentWord(segment, ip) & ~Ipv4.FLAG_DONT_FRAGMENT);
      hash = mix(hash, Bytes.i64(segment, ip + 12));
    } else {
      hash = mix(Ipv6.payloadLength(segment, ip), 6);
      for (int at = 8; at < Ipv6.HEADER_LENGTH; at += Long.BYTES) {
        hash = mix(hash, Bytes.i64(segment, ip + at));
      }
      if (headers.fragmentHeaderOffset() >= 0) {
        hash = mix(hash, Bytes.i64(segment, headers.fragmentHeaderOffset()));
      }
    }
    unique = identification != 0 || headers.isFragment();
    connection = 0;
    tcp = false;
    answer = false;
    hash = mix(hash, headers.protocol());
    long at = headers.transportOffset();
    if (at < 0 || at > end) {
      key = hash;
      return -1;
    }
    if (!headers.isFragment()) {
      switch (headers.protocol()) {
        case IpProtocol.TCP -> {
          if (end - at >= Tcp.HEADER_LENGTH_MIN) {
            key = tcp(segment, headers, at, end, hash);
            return -1;
          }
        }
        case IpProtocol.UDP -> {
          if (end - at >= Udp.HEADER_LENGTH) {
            hash = mix(hash, Bytes.i64(segment, at) >>> 16); // without the checksum
            udp(segment, at, end);
            at += Udp.HEADER_LENGTH;
          }
        }
        case IpProtocol.ICMP, IpProtocol.ICMPV6 -> {
          if (end - at >= ECHO_LENGTH) {
            hash = mix(hash, Bytes.u16(segment, at));
            icmp(segment, headers.protocol(), at);
            at += 4;
          }
        }
        default -> {}
      }
    }
    key = hash;
    return at;
  }

  private long tcp(MemorySegment segment, Headers headers, long at, long end, long start) {
    tcp = true;
    int flags = Tcp.flags(segment, at) & FLAGS;
    int headerLength = Math.max(Tcp.headerLength(segment, at), Tcp.HEADER_LENGTH_MIN);
    sequence = Tcp.sequence(segment, at);
    acknowledgment = Tcp.acknowledgment(segment, at);
    acknowledges = (flags & Tcp.ACK) != 0;
    boolean syn = (flags & Tcp.SYN) != 0;
    long data = Math.max(headers.ipEnd() - at - headerLength, 0);
    dataLength = syn ? 0 : (int) data;
    sequenceEnd = sequence + (int) data + (syn ? 1 : 0) + ((flags & Tcp.FIN) != 0 ? 1 : 0);
    connect(Tcp.sourcePort(segment, at), Tcp.destinationPort(segment, at));
    long hash = mix(start, Bytes.i64(segment, at));
    hash = mix(hash, ((long) acknowledgment << 32) | (flags << 16) | Tcp.window(segment, at));
    if (!syn && end - at >= headerLength) { // what a SYN offers may be changed on the way
      hash = mix(hash, bytes(segment, at + Tcp.HEADER_LENGTH_MIN, at + headerLength));
      unique |= isTimed(segment, at + Tcp.HEADER_LENGTH_MIN, at + headerLength);
    }
    return hash;
  }

  /** Returns whether there is a timestamp: what is sent again has another one. */
  private static boolean isTimed(MemorySegment segment, long from, long end) {
    long at = from;
    while (at + TIMESTAMP_LENGTH <= end) {
      int kind = Bytes.u8(segment, at);
      if (kind == TIMESTAMP) {
        return true;
      }
      if (kind == END_OF_OPTIONS) {
        return false;
      }
      at += kind == NO_OPERATION ? 1 : Math.max(Bytes.u8(segment, at + 1), 2);
    }
    return false;
  }

  private void udp(MemorySegment segment, long at, long end) {
    int from = Udp.sourcePort(segment, at);
    int to = Udp.destinationPort(segment, at);
    if ((from == DNS_PORT || to == DNS_PORT) && end - at >= Udp.HEADER_LENGTH + 4) {
      connect(from, to);
      connection = mix(connection, Bytes.u16(segment, at + Udp.HEADER_LENGTH));
      answer = (Bytes.u8(segment, at + Udp.HEADER_LENGTH + 2) & DNS_RESPONSE) != 0;
    }
  }

  private void icmp(MemorySegment segment, int protocol, long at) {
    int type = Bytes.u8(segment, at);
    boolean reply = protocol == IpProtocol.ICMP ? type == 0 : type == 129;
    boolean request = protocol == IpProtocol.ICMP ? type == 8 : type == 128;
    if (reply || request) {
      connection = mix(protocol, Bytes.u32(segment, at + 4));
      answer = reply;
    }
  }

  private void connect(int from, int to) {
    source = from;
    connection = mix(Math.min(from, to), Math.max(from, to));
  }

  private static long bytes(MemorySegment segment, long from, long end) {
    long hash = end - from;
    long at = from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = mix(hash, Bytes.i64(segment, at));
    }
    for (; at < end; at++) {
      hash = mix(hash, Bytes.u8(segment, at));
    }
    return hash;
  }

  private static long mix(long hash, long value) {
    long mixed = (hash ^ value) * MULTIPLIER;
    return mixed ^ (mixed >>> 29);
  }

  /** Returns whether both belong to one connection and, of TCP, come from the same end. */
  boolean isOfOneSender(PacketIdentity other) {
    return connection != 0
        && connection == other.connection
        && (!tcp || !other.tcp || source == other.source);
  }

  /** Returns whether it is a segment with data. */
  boolean hasStreamBytes() {
    return tcp && dataLength > 0;
  }

  int sequence() {
    return sequence;
  }

  /** Returns the sequence number behind the data. */
  int dataEnd() {
    return sequence + dataLength;
  }

  /** Returns what names the connection and the direction. */
  long direction(long pairKey) {
    return mix(mix(pairKey, connection), source);
  }

  boolean isTcp() {
    return tcp;
  }

  /** Returns whether both may be copies of one packet. */
  boolean isSame(PacketIdentity other) {
    return key == other.key && (cut || other.cut || payload == other.payload);
  }

  /** Takes over another one's. */
  void copy(PacketIdentity other) {
    key = other.key;
    payload = other.payload;
    cut = other.cut;
    unique = other.unique;
    connection = other.connection;
    source = other.source;
    identification = other.identification;
    tcp = other.tcp;
    acknowledges = other.acknowledges;
    sequence = other.sequence;
    sequenceEnd = other.sequenceEnd;
    dataLength = other.dataLength;
    acknowledgment = other.acknowledgment;
    answer = other.answer;
  }

  /**
   * Says which of two packets was sent first, as far as they tell themselves.
   *
   * @return below 0 when this one was, above 0 when the other was, 0 when they do not say
   */
  int order(PacketIdentity other) {
    if (connection == 0 || connection != other.connection) {
      return 0;
    }
    if (!tcp || !other.tcp) {
      return Boolean.compare(answer, other.answer);
    }
    return source == other.source ? orderOfOneEnd(other) : orderOfBothEnds(other);
  }

  private int orderOfOneEnd(PacketIdentity other) {
    if (identification != 0 && other.identification != 0) {
      short distance = (short) (identification - other.identification);
      if (distance != 0 && Math.abs(distance) < IDENTIFICATIONS_NEAR) {
        return distance;
      }
    }
    int ahead = sequence - other.sequence;
    if (ahead == 0) {
      ahead = sequenceEnd - other.sequenceEnd;
    }
    return ahead != 0 || !acknowledges || !other.acknowledges
        ? ahead
        : acknowledgment - other.acknowledgment;
  }

  private int orderOfBothEnds(PacketIdentity other) {
    return Boolean.compare(isAfter(other), other.isAfter(this));
  }

  /** Returns whether its sender had got what the other end sent with that packet, or later. */
  private boolean isAfter(PacketIdentity other) {
    int beyond = acknowledgment - other.sequenceEnd;
    boolean sent = other.sequenceEnd != other.sequence;
    return acknowledges && (beyond > 0 || (beyond == 0 && sent));
  }
}
