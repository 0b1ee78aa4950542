/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Memory outside the heap for bytes that wait, in blocks of one size. Taken from the system as it
 * is needed, up to a bound, and given back when the pool is closed. One thread.
 */
public final class BlockPool implements AutoCloseable {

  static final int BLOCK_BYTES = 2 << 10;
  static final int NONE = -1;

  private static final int SLAB_SHIFT = 9;
  private static final int SLAB_BLOCKS = 1 << SLAB_SHIFT;

  private final int blocksMax;
  private final Arena arena = Arena.ofShared();
  private MemorySegment[] slabs = new MemorySegment[1];
  private int slabCount;
  private int free = NONE;
  private int freeCount;

  /** For each block: where in its stream it begins, how much of it is used, which one follows. */
  long[] from = new long[0];

  int[] length = new int[0];
  int[] next = new int[0];

  /**
   * @param bytesMax memory taken, at most
   */
  public BlockPool(long bytesMax) {
    blocksMax = Math.clamp(bytesMax / BLOCK_BYTES, 0, 1 << 30);
  }

  /** Returns a block, or {@link #NONE} when there is none left. */
  int take() {
    if (free == NONE && !grow()) {
      return NONE;
    }
    int block = free;
    free = next[block];
    freeCount--;
    next[block] = NONE;
    length[block] = 0;
    return block;
  }

  private boolean grow() {
    int have = slabCount << SLAB_SHIFT;
    int count = Math.min(SLAB_BLOCKS, blocksMax - have);
    if (count <= 0) {
      return false;
    }
    if (slabCount == slabs.length) {
      slabs = Arrays.copyOf(slabs, 2 * slabCount);
    }
    slabs[slabCount++] = arena.allocate((long) count * BLOCK_BYTES);
    from = Arrays.copyOf(from, have + count);
    length = Arrays.copyOf(length, have + count);
    next = Arrays.copyOf(next, have + count);
    for (int block = have; block < have + count; block++) {
      next[block] = free;
      free = block;
    }
    freeCount += count;
    return true;
  }

  void giveBack(int block) {
    next[block] = free;
    free = block;
    freeCount++;
  }

  MemorySegment segment(int block) {
    return slabs[block >>> SLAB_SHIFT];
  }

  long offset(int block) {
    return (long) (block & (SLAB_BLOCKS - 1)) * BLOCK_BYTES;
  }

  /** Returns how many bytes of the pool are in use. */
  public long bytesUsed() {
    return ((long) from.length - freeCount) * BLOCK_BYTES;
  }

  @Override
  public void close() {
    arena.close();
  }
}
