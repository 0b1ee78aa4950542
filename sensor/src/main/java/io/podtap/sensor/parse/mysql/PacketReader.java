/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Takes one end's packets apart: three bytes of length, the lowest first, a number, and so many
 * bytes. Of a long packet the beginning is given and the rest is left out.
 */
final class PacketReader {

  private static final int HEADER_BYTES = 4;
  private static final int KEPT_MAX = 16 << 10;

  /** What a text ends in whose rest is missing. */
  private static final String CUT_MARK = "...";

  private final Gather gather;
  private final Payload body = new Payload();
  private long rest;
  private int length;
  private int number;

  /** Whether the end of the packet given last is missing. */
  private boolean isCut;

  PacketReader(HeapAccount account) {
    gather = new Gather(HEADER_BYTES + KEPT_MAX, account);
  }

  /** Returns whether what a server sends begins with its greeting: number 0, protocol 10. */
  static boolean isGreeting(Payload data) {
    return data.u8(3) == 0 && data.u8(4) == 10 && Lengths.little(data, 0, 3) <= data.length() - 4;
  }

  /** Returns the next packet's content, or null when more must come. */
  @Nullable Payload next(Payload data) {
    if (rest > 0) {
      int count = (int) Math.min(rest, data.length());
      data.skip(count);
      rest -= count;
    }
    Payload header = gather.peek(data, HEADER_BYTES);
    if (header == null) {
      return null;
    }
    int wanted = header.u8(0) | header.u8(1) << 8 | header.u8(2) << 16;
    number = header.u8(3);
    int kept = Math.min(wanted, KEPT_MAX);
    Payload whole = gather.take(data, HEADER_BYTES + kept);
    if (whole == null) {
      return null;
    }
    isCut = false;
    length = wanted;
    rest = (long) wanted - kept;
    return body.wrap(whole, HEADER_BYTES, kept);
  }

  /** Returns the length of the packet given last. */
  int length() {
    return length;
  }

  /** Returns the number of the packet given last. */
  int number() {
    return number;
  }

  /** Returns what is left of the packet given last, without a zero at its end. */
  String text(Payload packet) {
    int end = packet.length();
    String text = packet.text(0, packet.u8(end - 1) == 0 ? end - 1 : end);
    return isCut ? text + CUT_MARK : text;
  }

  /** As {@link #text}, up to the first zero. */
  String untilZero(Payload packet) {
    int end = packet.indexOf(0, 0);
    return end < 0 ? text(packet) : packet.text(0, end);
  }

  /** Returns bytes of the packet at hand that have not come, 0 between packets or in a header. */
  long left() {
    Payload begun = gather.waiting();
    return begun.length() < HEADER_BYTES
        ? rest
        : Lengths.little(begun, 0, 3) + HEADER_BYTES - begun.length();
  }

  /**
   * Leaves out bytes that are missing: at most {@link #left}, more than 0.
   *
   * @return what there is of the packet at hand, or null when it was given already
   */
  @Nullable Payload gap(long missing) {
    Payload begun = gather.waiting();
    rest = left() - missing;
    if (begun.length() < HEADER_BYTES) {
      return null;
    }
    isCut = true;
    byte[] bytes = begun.copy(0, begun.length());
    gather.clear();
    length = (int) Lengths.little(new Payload(bytes), 0, 3);
    number = bytes[3] & 0xFF;
    return new Payload(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
  }

  /** Forgets the packet at hand. */
  void reset() {
    gather.clear();
    rest = 0;
  }
}
