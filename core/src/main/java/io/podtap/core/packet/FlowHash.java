/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * A hash that both directions of a flow share, the same in every tap and every run.
 *
 * <p>Addresses, protocol and ports of TCP and UDP count; of a fragment the addresses and the
 * protocol alone, since later fragments have no ports. Frames that are not IP hash by their two MAC
 * addresses and type.
 */
public final class FlowHash {

  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private FlowHash() {}

  /** Hashes the frame at {@code offset} as {@code headers} found it. Allocates nothing. */
  public static int of(MemorySegment segment, long offset, int length, Headers headers) {
    return switch (headers.ipVersion()) {
      case 4 -> ofIpv4(segment, headers);
      case 6 -> ofIpv6(segment, headers);
      default -> ofAddresses(segment, offset, length, headers);
    };
  }

  private static int ofIpv4(MemorySegment segment, Headers headers) {
    long ip = headers.ipOffset();
    boolean ports = !headers.isFragment();
    long a = Ipv4.source(segment, ip) & 0xFFFF_FFFFL;
    long b = Ipv4.destination(segment, ip) & 0xFFFF_FFFFL;
    return combine(
        end(a, ports ? headers.sourcePort() : 0),
        end(b, ports ? headers.destinationPort() : 0),
        headers.protocol());
  }

  private static int ofIpv6(MemorySegment segment, Headers headers) {
    long source = Ipv6.sourceOffset(headers.ipOffset());
    long destination = Ipv6.destinationOffset(headers.ipOffset());
    boolean ports = !headers.isFragment();
    long a = mix(Bytes.i64(segment, source)) + Bytes.i64(segment, source + 8);
    long b = mix(Bytes.i64(segment, destination)) + Bytes.i64(segment, destination + 8);
    return combine(
        end(a, ports ? headers.sourcePort() : 0),
        end(b, ports ? headers.destinationPort() : 0),
        headers.protocol());
  }

  private static int ofAddresses(MemorySegment segment, long offset, int length, Headers headers) {
    if (length < Ethernet.HEADER_LENGTH) {
      return 0;
    }
    return combine(
        mix(Ethernet.source(segment, offset)),
        mix(Ethernet.destination(segment, offset)),
        headers.etherType());
  }

  /** Hashes one end of a flow. */
  private static long end(long address, int port) {
    return mix(address * MULTIPLIER + port);
  }

  /** Joins two ends so that their order does not matter. */
  private static int combine(long a, long b, int kind) {
    long mixed = mix((a + b) ^ (kind * MULTIPLIER));
    return (int) (mixed >>> 32);
  }

  /** A bijective 64-bit mixer (two rounds of multiply and shift). */
  private static long mix(long value) {
    long v = value;
    v = (v ^ (v >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
    v = (v ^ (v >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
    return v ^ (v >>> 32);
  }
}
