/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.Ipv4;
import io.podtap.sensor.flow.PacketEnds;
import java.lang.foreign.MemorySegment;

/** Weirds of packets that belong to no flow: between whom, by the packet's own header. */
public final class PacketWeirds {

  /** Stands before an IPv4 address in the lower half of an IPv6 one (RFC 4291 section 2.5.5.2). */
  private static final long IPV4_MAPPED = 0xFFFFL << 32;

  private PacketWeirds() {}

  /**
   * Notes one.
   *
   * @param headers stand in {@code segment}; of a version that is not known, as IPv4
   */
  public static void note(
      WeirdRecorder weirds,
      String name,
      String detail,
      String source,
      MemorySegment segment,
      Headers headers) {
    long ip = headers.ipOffset();
    if (headers.ipVersion() == 6) {
      long from = PacketEnds.sourceOffset(segment, headers);
      long to = PacketEnds.destinationOffset(segment, headers);
      weirds.ofPacket(
          name,
          detail,
          source,
          Bytes.i64(segment, from),
          Bytes.i64(segment, from + 8),
          Bytes.i64(segment, to),
          Bytes.i64(segment, to + 8));
    } else {
      weirds.ofPacket(
          name,
          detail,
          source,
          0,
          mapped(Ipv4.source(segment, ip)),
          0,
          mapped(Ipv4.destination(segment, ip)));
    }
  }

  private static long mapped(int address) {
    return (address & 0xFFFF_FFFFL) | IPV4_MAPPED;
  }
}
