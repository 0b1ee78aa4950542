/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import io.podtap.core.packet.Frame;
import org.jspecify.annotations.Nullable;

/**
 * One packet as it was on the wire: which taps have delivered it, and the frame of the one that is
 * handed on while it is held. Used again and again; owned by {@link TapMerge}.
 */
final class HeldPacket {

  /** What tells copies of a packet from other packets; see {@link PacketIdentity}. */
  final PacketIdentity facts = new PacketIdentity();

  @Nullable Pair pair;

  /** Bits of the taps that have delivered it, by their places in the pair. */
  int taps;

  /** Whether it was handed on as what one tap alone had delivered of hosts that several see. */
  boolean isSole;

  /** When it was captured, by the receiver's clock as far as the tap's offset is known. */
  long orderNs;

  /** Whether that is when it was captured, and not when it arrived. */
  boolean captureTimed;

  /** How far the receiver's clock was ahead of that of the tap. */
  long offsetNs;

  /** When the first copy came, by the receiver's clock. */
  long receivedNs;

  /** The frame; without a chunk when it has been handed on. */
  HeldBytes.@Nullable Chunk chunk;

  int offset;
  int length;
  int originalLength;
  int linkType;
  int tap;
  boolean outgoing;
  boolean lengthKnown;
  boolean checksumNeeded;

  /** Neighbours in the pair's order, while it is held. */
  @Nullable HeldPacket before;

  @Nullable HeldPacket after;

  /** Neighbours by age: of those that are held, by arrival; then of those that are remembered. */
  @Nullable HeldPacket older;

  @Nullable HeldPacket younger;

  /** Neighbours in the same place of the table, younger ones first. */
  @Nullable HeldPacket chained;

  @Nullable HeldPacket chainedBefore;

  /**
   * Returns whether the tap in this place has delivered it. Of those that share a place nobody
   * knows.
   */
  boolean isOf(int place) {
    return place != Pair.SHARED_PLACE && (taps & 1 << place) != 0;
  }

  /**
   * Returns whether one of the taps of this packet has delivered the other one of its connection
   * and, of TCP, its direction. Taps at the two ends see the directions in different orders, so how
   * one tap mixes them says nothing against what a packet says itself.
   */
  boolean isFollowing(HeldPacket other) {
    return (other.taps & taps) != 0 && facts.isOfOneSender(other.facts);
  }

  /** Keeps what is known of a frame beside its bytes. */
  void describe(Frame frame) {
    length = frame.length();
    originalLength = frame.originalLength();
    lengthKnown = frame.isOriginalLengthKnown();
    linkType = frame.linkType();
    outgoing = frame.isOutgoing();
    checksumNeeded = frame.isChecksumNeeded();
  }
}
