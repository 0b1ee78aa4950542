/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Pairs of hosts by their addresses, as many as fit: where there is no room, the one that was
 * silent for longest among the neighbours goes, and is new when it comes again. One thread.
 */
final class PairTable {

  private static final int PAIRS_MAX = 1 << 14;
  private static final int PAIRS_MIN = 1 << 6;

  /** Of the heap for a pair. */
  private static final int PAIR_BYTES = 304;

  private static final int NEIGHBOURS = 4;
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private final @Nullable Pair[] pairs;
  private final long seed;
  private Pair last = new Pair();

  PairTable(long seed, long heapBytesMax) {
    this.seed = seed | 1;
    long fit = Math.clamp(heapBytesMax / PAIR_BYTES, PAIRS_MIN, PAIRS_MAX);
    pairs = new Pair[(int) Long.highestOneBit(fit)];
  }

  /** Returns a key of both addresses, whichever way round; never 0. */
  long key(MemorySegment segment, Headers headers) {
    long ip = headers.ipOffset();
    long hash;
    if (headers.ipVersion() == 4) {
      hash = both(Ipv4.source(segment, ip), Ipv4.destination(segment, ip));
    } else {
      long source = Ipv6.sourceOffset(ip);
      long target = Ipv6.destinationOffset(ip);
      hash =
          both(
              scramble(Bytes.i64(segment, source)) + Bytes.i64(segment, source + 8),
              scramble(Bytes.i64(segment, target)) + Bytes.i64(segment, target + 8));
    }
    return hash == 0 ? 1 : hash;
  }

  private long both(long a, long b) {
    return scramble(scramble(a) + scramble(b));
  }

  private long scramble(long value) {
    long mixed = (value ^ seed) * MULTIPLIER;
    return (mixed ^ (mixed >>> 32)) * MULTIPLIER;
  }

  /**
   * Returns the place of a pair: the pair itself, or one that is free or may go. The caller looks
   * at its key.
   */
  Pair place(long key) {
    if (last.key == key) {
      return last;
    }
    int first = (int) (key >>> 40) & (pairs.length - 1) & -NEIGHBOURS;
    Pair found = null;
    for (int i = first; i < first + NEIGHBOURS; i++) {
      Pair pair = pairs[i];
      if (pair == null) {
        pair = new Pair();
        pairs[i] = pair;
        found = pair;
        break;
      }
      if (pair.key == key) {
        last = pair;
        return pair;
      }
      if (found == null || pair.lastNs < found.lastNs) {
        found = pair;
      }
    }
    last = found == null ? new Pair() : found;
    return last;
  }
}
