/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside the heap for frames that are held for some tenths of a second: chunks that are
 * filled one after another and used again when nothing in them is held any more. One thread.
 */
final class HeldBytes implements AutoCloseable {

  static final int CHUNK_BYTES = 256 << 10;

  /** A piece of memory, and how many frames in it are held. */
  static final class Chunk {
    final MemorySegment segment;
    private int used;
    private int live;

    private Chunk(MemorySegment segment) {
      this.segment = segment;
    }
  }

  private final Arena arena = Arena.ofShared();
  private final List<Chunk> free = new ArrayList<>();
  private final int chunksMax;
  private int chunks;
  private @Nullable Chunk filling;

  HeldBytes(long bytesMax) {
    chunksMax = Math.clamp(bytesMax / CHUNK_BYTES, 1, 1 << 20);
  }

  /** Returns a chunk with room for so many bytes, or null when there is none. */
  @Nullable Chunk room(int length) {
    Chunk chunk = filling;
    if (chunk != null && chunk.used + length <= CHUNK_BYTES) {
      return chunk;
    }
    if (length > CHUNK_BYTES) {
      return null;
    }
    if (chunk != null && chunk.live == 0) {
      chunk.used = 0;
      return chunk;
    }
    if (!free.isEmpty()) {
      chunk = free.removeLast();
    } else if (chunks < chunksMax) {
      chunks++;
      chunk = new Chunk(arena.allocate(CHUNK_BYTES, Long.BYTES));
    } else {
      return null;
    }
    filling = chunk;
    return chunk;
  }

  /** Copies a frame into a chunk that has room, and returns where it stands. */
  int add(Chunk chunk, MemorySegment source, long offset, int length) {
    int at = chunk.used;
    MemorySegment.copy(source, offset, chunk.segment, at, length);
    chunk.used = (at + length + Long.BYTES - 1) & -Long.BYTES;
    chunk.live++;
    return at;
  }

  /** Forgets one frame of a chunk. */
  void remove(Chunk chunk) {
    if (--chunk.live == 0) {
      chunk.used = 0;
      if (chunk != filling) {
        free.add(chunk);
      }
    }
  }

  /** Returns bytes that were set aside. */
  long bytes() {
    return (long) chunks * CHUNK_BYTES;
  }

  @Override
  public void close() {
    arena.close();
  }
}
