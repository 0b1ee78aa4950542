/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import java.lang.foreign.MemorySegment;

/**
 * Who sent a packet to whom, as the table looks it up: set anew for each packet. The two ends stand
 * in an order that both directions share.
 */
public final class FlowKey {

  private static final long MAPPED = 0xFFFFL << 32;
  private static final long MULTIPLIER_1 = 0x9E37_79B9_7F4A_7C15L;
  private static final long MULTIPLIER_2 = 0xC2B2_AE3D_27D4_EB4FL;

  private final long seed;

  long aHigh;
  long aLow;
  long bHigh;
  long bLow;
  int ports;
  int protocol;
  int hash;
  boolean sourceIsA;

  /**
   * @param seed makes positions in the table unforeseeable to whoever sends the packets
   */
  public FlowKey(long seed) {
    this.seed = seed;
  }

  /** Takes the addresses of an IPv4 header. */
  public FlowKey ipv4(
      MemorySegment segment, long ipOffset, int protocol, int sourcePort, int destinationPort) {
    long source = (Ipv4.source(segment, ipOffset) & 0xFFFF_FFFFL) | MAPPED;
    long destination = (Ipv4.destination(segment, ipOffset) & 0xFFFF_FFFFL) | MAPPED;
    boolean ordered =
        source < destination || (source == destination && sourcePort <= destinationPort);
    return set(0, source, 0, destination, protocol, sourcePort, destinationPort, ordered);
  }

  /** Takes the addresses of an IPv6 header. */
  public FlowKey ipv6(
      MemorySegment segment, long ipOffset, int protocol, int sourcePort, int destinationPort) {
    return ipv6Ends(
        segment,
        Ipv6.sourceOffset(ipOffset),
        Ipv6.destinationOffset(ipOffset),
        protocol,
        sourcePort,
        destinationPort);
  }

  /**
   * Takes IPv6 addresses that stand where {@link PacketEnds} found them.
   *
   * @param source offset of the sender's
   * @param destination offset of the receiver's
   */
  public FlowKey ipv6Ends(
      MemorySegment segment,
      long source,
      long destination,
      int protocol,
      int sourcePort,
      int destinationPort) {
    long sourceHigh = Bytes.i64(segment, source);
    long sourceLow = Bytes.i64(segment, source + 8);
    long destinationHigh = Bytes.i64(segment, destination);
    long destinationLow = Bytes.i64(segment, destination + 8);
    int order = Long.compareUnsigned(sourceHigh, destinationHigh);
    if (order == 0) {
      order = Long.compareUnsigned(sourceLow, destinationLow);
    }
    boolean ordered = order < 0 || (order == 0 && sourcePort <= destinationPort);
    return set(
        sourceHigh,
        sourceLow,
        destinationHigh,
        destinationLow,
        protocol,
        sourcePort,
        destinationPort,
        ordered);
  }

  /** States that the other direction is another flow: an ICMP message that has no answer. */
  public FlowKey oneWay() {
    if (!sourceIsA) {
      set(bHigh, bLow, aHigh, aLow, protocol, ports & 0xFFFF, ports >>> 16, true);
    }
    return this;
  }

  private FlowKey set(
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int protocol,
      int sourcePort,
      int destinationPort,
      boolean ordered) {
    this.protocol = protocol;
    sourceIsA = ordered;
    if (ordered) {
      aHigh = sourceHigh;
      aLow = sourceLow;
      bHigh = destinationHigh;
      bLow = destinationLow;
      ports = sourcePort << 16 | destinationPort;
    } else {
      aHigh = destinationHigh;
      aLow = destinationLow;
      bHigh = sourceHigh;
      bLow = sourceLow;
      ports = destinationPort << 16 | sourcePort;
    }
    long mixed = (aLow ^ seed) * MULTIPLIER_1 + Long.rotateLeft(bLow * MULTIPLIER_2, 29);
    mixed ^= (aHigh * MULTIPLIER_2) ^ Long.rotateLeft(bHigh * MULTIPLIER_1, 17);
    mixed = (mixed ^ (mixed >>> 32)) * MULTIPLIER_1;
    mixed += (((long) protocol << 32) ^ ports) * MULTIPLIER_2;
    mixed = (mixed ^ (mixed >>> 29)) * MULTIPLIER_1;
    hash = (int) (mixed >>> 32);
    return this;
  }

  /** Returns whether the packet went to this address. */
  public boolean isDestination(long high, long low) {
    return sourceIsA ? bLow == low && bHigh == high : aLow == low && aHigh == high;
  }
}
