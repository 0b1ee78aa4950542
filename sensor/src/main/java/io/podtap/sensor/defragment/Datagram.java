/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.defragment;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * One datagram in the making: its header from the first fragment, its data, and which blocks of
 * eight bytes are there.
 */
final class Datagram {

  /** Payload bytes of the largest datagram, as fragment offsets can express it. */
  static final int PAYLOAD_BYTES_MAX = 65_535;

  /** Data that ends behind this is odd (Zeek's MAX_ACCEPTABLE_FRAG_SIZE). */
  private static final int PAYLOAD_BYTES_ODD = 64_000;

  private static final int BLOCK = 8;
  private static final int BLOCKS_MAX = (PAYLOAD_BYTES_MAX + BLOCK) / BLOCK;

  /** Room before the payload for the header, which arrives when the first fragment does. */
  private static final int HEADER_SPACE = 512;

  private final MemorySegment memory;
  private final long[] present = new long[(BLOCKS_MAX + Long.SIZE - 1) / Long.SIZE];
  private int presentCount;
  private int headerLength;
  private int payloadLength;

  /** Where the data seen so far ends; what lies between may be missing. */
  private int seenEnd;

  /** Where the first byte stands that was cut off a fragment. */
  private int cutAt;

  private int fragments;
  private int protocol;
  private int firstHeaderLength;
  private long firstSeenNs;

  Datagram(Arena arena) {
    memory = arena.allocate(HEADER_SPACE + PAYLOAD_BYTES_MAX + BLOCK);
  }

  /** Makes this ready for another datagram. */
  void reset(int protocol, int firstHeaderLength, long nowNs) {
    Arrays.fill(present, 0);
    presentCount = 0;
    headerLength = 0;
    payloadLength = -1;
    seenEnd = 0;
    cutAt = Integer.MAX_VALUE;
    fragments = 0;
    this.protocol = protocol;
    this.firstHeaderLength = firstHeaderLength;
    firstSeenNs = nowNs;
  }

  /** Returns whether a fragment says the same of what carries it as the first one that came. */
  boolean isLike(int otherProtocol, int otherHeaderLength) {
    return protocol == otherProtocol && firstHeaderLength == otherHeaderLength;
  }

  long firstSeenNs() {
    return firstSeenNs;
  }

  int fragments() {
    return fragments;
  }

  /**
   * Copies one fragment's data; bytes already there stay, as the first copy is what most receivers
   * keep.
   *
   * @param captured bytes of it that are there; what was cut off the rest is missing in the whole
   * @return what is odd, the bit of each by its ordinal
   */
  int add(MemorySegment segment, long from, int offset, int length, int captured, boolean isLast) {
    int end = offset + length;
    int weirds = 0;
    if (isLast) {
      if (payloadLength < 0) {
        payloadLength = end;
      } else if (payloadLength != end) {
        weirds |= bit(FragmentWeird.FRAGMENT_SIZE_INCONSISTENCY);
        payloadLength = Math.max(payloadLength, end);
      }
    }
    if (end > PAYLOAD_BYTES_ODD) {
      weirds |= bit(FragmentWeird.EXCESSIVELY_LARGE_FRAGMENT);
    }
    if (payloadLength >= 0 && Math.max(seenEnd, end) > payloadLength) {
      weirds |= bit(FragmentWeird.FRAGMENT_SIZE_INCONSISTENCY);
      payloadLength = Math.max(seenEnd, end);
    }
    if (end > PAYLOAD_BYTES_MAX) {
      payloadLength = Math.min(payloadLength, PAYLOAD_BYTES_MAX);
      return weirds;
    }
    fragments++;
    seenEnd = Math.max(seenEnd, end);
    int there = offset + captured;
    if (captured < length) {
      cutAt = Math.min(cutAt, there);
    }
    for (int at = offset; at < end; at += BLOCK) {
      int bytes = Math.clamp(there - at, 0, Math.min(BLOCK, end - at));
      int block = at / BLOCK;
      long bit = 1L << (block & 63);
      long target = (long) HEADER_SPACE + at;
      long source = from + (at - offset);
      if ((present[block >>> 6] & bit) == 0) {
        present[block >>> 6] |= bit;
        presentCount++;
        MemorySegment.copy(segment, source, memory, target, bytes);
      } else if (at < Math.min(there, cutAt)
          && MemorySegment.mismatch(segment, source, source + bytes, memory, target, target + bytes)
              >= 0) {
        weirds |= bit(FragmentWeird.FRAGMENT_INCONSISTENCY);
      } else {
        weirds |= bit(FragmentWeird.FRAGMENT_OVERLAP);
      }
    }
    return weirds;
  }

  private static int bit(FragmentWeird weird) {
    return 1 << weird.ordinal();
  }

  /** Keeps the first fragment's header, without the fragment header of IPv6. */
  void header(MemorySegment segment, Headers headers) {
    long ip = headers.ipOffset();
    int length = headers.ipHeaderLength();
    if (headers.ipVersion() == 4) {
      headerLength = length;
      MemorySegment.copy(segment, ip, memory, HEADER_SPACE - headerLength, headerLength);
      return;
    }
    long fragment = headers.fragmentHeaderOffset();
    int before = (int) (fragment - ip);
    int behind = length - before - Ipv6.FRAGMENT_HEADER_LENGTH;
    if (before + behind > HEADER_SPACE) {
      return; // no header: the datagram will never be whole and ages out
    }
    headerLength = before + behind;
    int start = HEADER_SPACE - headerLength;
    MemorySegment.copy(segment, ip, memory, start, before);
    long rest = fragment + Ipv6.FRAGMENT_HEADER_LENGTH;
    MemorySegment.copy(segment, rest, memory, start + before, behind);
    int next = Bytes.u8(segment, fragment);
    Bytes.putU8(memory, start + nextHeaderField(segment, ip, fragment), next);
  }

  /**
   * Returns where, from the start of the packet, the field stands that announced the fragment
   * header.
   */
  private static long nextHeaderField(MemorySegment segment, long ip, long fragment) {
    long field = ip + 6;
    long at = ip + Ipv6.HEADER_LENGTH;
    while (at < fragment) {
      field = at;
      at += (Bytes.u8(segment, at + 1) + 1L) << 3;
    }
    return field - ip;
  }

  boolean isWhole() {
    return headerLength > 0
        && payloadLength >= 0
        && presentCount == (payloadLength + BLOCK - 1) / BLOCK;
  }

  /** Rewrites the header for the whole; true when its length can be expressed. */
  boolean finish() {
    long start = offset();
    if (Ipv4.version(memory, start) == 4) {
      if (length() > 65_535) {
        return false;
      }
      Ipv4.totalLength(memory, start, length());
      Ipv4.fragmentWord(memory, start, 0);
      Ipv4.updateChecksum(memory, start, headerLength);
      return true;
    }
    int payload = length() - Ipv6.HEADER_LENGTH;
    if (payload > 65_535) {
      return false;
    }
    Ipv6.payloadLength(memory, start, payload);
    return true;
  }

  MemorySegment memory() {
    return memory;
  }

  long offset() {
    return (long) HEADER_SPACE - headerLength;
  }

  /** Returns bytes of the whole, header included, up to where something was cut off. */
  int captured() {
    return headerLength + Math.min(payloadLength, cutAt);
  }

  private int length() {
    return headerLength + payloadLength;
  }
}
