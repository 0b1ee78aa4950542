/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv6;
import java.lang.foreign.MemorySegment;

/**
 * Where the addresses of the ends of an IPv6 packet stand. A packet that is routed over stations
 * has the address of the next one in its header and its destination in a routing header; a mobile
 * node writes its home address into an option. These are the ends that checksums and flows are
 * about. Packets without extension headers cost one comparison. Stateless.
 *
 * @see "RFC 8200 section 8.1; RFC 5095 (type 0); RFC 6275 sections 6.3 and 6.4; Zeek: src/IP.cc"
 */
public final class PacketEnds {

  private static final int ROUTING_SOURCE = 0;
  private static final int ROUTING_MOBILE = 2;
  private static final int OPTION_PAD = 0;
  private static final int OPTION_HOME_ADDRESS = 201;
  private static final int ADDRESS_LENGTH = 16;
  private static final int EXTENSION_LENGTH_MIN = 8;

  private PacketEnds() {}

  /** Returns where the sender's address stands: sixteen bytes. */
  public static long sourceOffset(MemorySegment segment, Headers headers) {
    long plain = Ipv6.sourceOffset(headers.ipOffset());
    return isPlain(headers) ? plain : find(segment, headers, /* source= */ true, plain);
  }

  /** Returns where the receiver's address stands: sixteen bytes. */
  public static long destinationOffset(MemorySegment segment, Headers headers) {
    long plain = Ipv6.destinationOffset(headers.ipOffset());
    return isPlain(headers) ? plain : find(segment, headers, /* source= */ false, plain);
  }

  /** Returns whether the addresses are those of the IPv6 header, without a look at the bytes. */
  public static boolean isPlain(Headers headers) {
    return headers.ipHeaderLength() <= Ipv6.HEADER_LENGTH;
  }

  private static long find(MemorySegment segment, Headers headers, boolean source, long plain) {
    int type = Ipv6.nextHeader(segment, headers.ipOffset());
    long at = headers.ipOffset() + Ipv6.HEADER_LENGTH;
    long end = Math.min(headers.transportOffset(), headers.captureEnd());
    while (IpProtocol.isExtension(type)
        && type != IpProtocol.FRAGMENT
        && end - at >= EXTENSION_LENGTH_MIN) {
      int units = Bytes.u8(segment, at + 1);
      int length = type == IpProtocol.AUTHENTICATION ? (units + 2) << 2 : (units + 1) << 3;
      if (at + length > end) {
        break;
      }
      long found = -1;
      if (!source && type == IpProtocol.ROUTING) {
        found = finalDestination(segment, at, units, length);
      } else if (source && type == IpProtocol.DESTINATION_OPTIONS) {
        found = homeAddress(segment, at + 2, at + length);
      }
      if (found >= 0) {
        return found;
      }
      type = Bytes.u8(segment, at);
      at += length;
    }
    return plain;
  }

  /** Returns where the last address of a routing header stands that has stations left, or -1. */
  private static long finalDestination(MemorySegment segment, long at, int units, int length) {
    boolean isLeft = Bytes.u8(segment, at + 3) > 0;
    boolean hasOne =
        switch (Bytes.u8(segment, at + 2)) {
          case ROUTING_SOURCE -> units >= 2 && (units & 1) == 0;
          case ROUTING_MOBILE -> units == 2;
          default -> false;
        };
    return isLeft && hasOne ? at + length - ADDRESS_LENGTH : -1;
  }

  /** Returns where the address of the first home address option stands, or -1. */
  private static long homeAddress(MemorySegment segment, long first, long end) {
    long at = first;
    while (at < end) {
      int type = Bytes.u8(segment, at);
      if (type == OPTION_PAD) {
        at++;
        continue;
      }
      int length = at + 1 < end ? Bytes.u8(segment, at + 1) : 0;
      if (at + 2 + length > end) {
        return -1;
      }
      if (type == OPTION_HOME_ADDRESS && length == ADDRESS_LENGTH) {
        return at + 2;
      }
      at += 2 + length;
    }
    return -1;
  }
}
