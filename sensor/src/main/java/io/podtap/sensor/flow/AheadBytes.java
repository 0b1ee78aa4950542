/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import java.lang.foreign.MemorySegment;

/**
 * Bytes of one end that came before the bytes in front of them, by their place in the stream. Of
 * bytes that come twice the first copy is kept. One thread.
 */
public final class AheadBytes {

  /** Blocks that one end may hold. */
  static final int BLOCKS_MAX = (4 << 20) / BlockPool.BLOCK_BYTES;

  /** Outcomes of {@link #add}. */
  public enum Added {
    KEPT,
    /** Kept, but a byte that came twice was not the same. */
    INCONSISTENT,
    /** This end holds as much as it may. */
    END_FULL,
    /** All ends together hold as much as they may. */
    POOL_FULL
  }

  private final BlockPool pool;
  private int head = BlockPool.NONE;
  private int tail = BlockPool.NONE;
  private int blocks;

  /** Makes an empty one. */
  public AheadBytes(BlockPool pool) {
    this.pool = pool;
  }

  /** Returns whether nothing is held. */
  public boolean isEmpty() {
    return head == BlockPool.NONE;
  }

  /** Returns where the first piece begins. */
  public long first() {
    return pool.from[head];
  }

  /** Returns the length of the first piece. */
  public int firstLength() {
    return pool.length[head];
  }

  /** Returns where the bytes of the first piece are, at {@link #firstOffset}. */
  public MemorySegment firstSegment() {
    return pool.segment(head);
  }

  public long firstOffset() {
    return pool.offset(head);
  }

  /** Forgets the first piece. */
  public void removeFirst() {
    int block = head;
    head = pool.next[block];
    if (head == BlockPool.NONE) {
      tail = BlockPool.NONE;
    }
    blocks--;
    pool.giveBack(block);
  }

  /** Forgets everything. */
  public void clear() {
    while (head != BlockPool.NONE) {
      removeFirst();
    }
  }

  /** Copies what is not held yet of the bytes {@code from} to {@code to} of the stream. */
  public Added add(long from, long to, MemorySegment segment, long offset) {
    int before = BlockPool.NONE;
    int here = head;
    if (tail != BlockPool.NONE && from >= end(tail)) {
      before = tail;
      here = BlockPool.NONE;
    }
    Added result = Added.KEPT;
    long at = from;
    while (at < to) {
      while (here != BlockPool.NONE && end(here) <= at) {
        before = here;
        here = pool.next[here];
      }
      long limit = here == BlockPool.NONE ? to : Math.min(to, pool.from[here]);
      if (at < limit) {
        Added stored = store(before, at, limit, segment, offset + (at - from));
        if (stored != Added.KEPT) {
          return stored;
        }
        at = limit;
      } else {
        long overlapEnd = Math.min(to, end(here));
        if (isDifferent(here, at, overlapEnd, segment, offset + (at - from))) {
          result = Added.INCONSISTENT;
        }
        at = overlapEnd;
      }
    }
    return result;
  }

  private long end(int block) {
    return pool.from[block] + pool.length[block];
  }

  private boolean isDifferent(int block, long from, long to, MemorySegment segment, long offset) {
    long at = pool.offset(block) + (from - pool.from[block]);
    return MemorySegment.mismatch(
            pool.segment(block), at, at + (to - from), segment, offset, offset + (to - from))
        >= 0;
  }

  /** Stores a piece behind {@code before}, in its block as far as there is room. */
  private Added store(int before, long from, long to, MemorySegment segment, long offset) {
    int block = before;
    long at = from;
    while (at < to) {
      boolean fits =
          block != BlockPool.NONE && end(block) == at && pool.length[block] < BlockPool.BLOCK_BYTES;
      if (!fits) {
        if (blocks == BLOCKS_MAX) {
          return Added.END_FULL;
        }
        int taken = pool.take();
        if (taken == BlockPool.NONE) {
          return Added.POOL_FULL;
        }
        pool.from[taken] = at;
        link(block, taken);
        block = taken;
      }
      int used = pool.length[block];
      int count = (int) Math.min(BlockPool.BLOCK_BYTES - used, to - at);
      MemorySegment.copy(
          segment, offset + (at - from), pool.segment(block), pool.offset(block) + used, count);
      pool.length[block] = used + count;
      at += count;
    }
    return Added.KEPT;
  }

  private void link(int before, int block) {
    blocks++;
    if (before == BlockPool.NONE) {
      pool.next[block] = head;
      head = block;
    } else {
      pool.next[block] = pool.next[before];
      pool.next[before] = block;
    }
    if (pool.next[block] == BlockPool.NONE) {
      tail = block;
    }
  }
}
