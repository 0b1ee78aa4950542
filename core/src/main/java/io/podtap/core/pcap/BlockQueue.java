/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.linux.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * Blocks from one thread to another, in a ring of fixed size outside the heap. Blocks are pcapng's:
 * type, total length, a multiple of four; each stands in one piece. Where one does not fit before
 * the ring's end, the lap ends early, and the block begins the next one.
 *
 * <p>Positions count bytes since the beginning of time. One thread writes, one reads; no
 * allocation.
 */
public final class BlockQueue {

  /** {@link #reserve} found no room. */
  public static final long FULL = -1;

  private static final int LENGTH_AT = 4;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private static final VarHandle HEAD = position("head");
  private static final VarHandle TAIL = position("tail");

  private final MemorySegment memory;
  private final ByteBuffer bytes;
  private final int capacity;
  private final int mask;

  /**
   * Where the last block of a lap ends, by the lap's lowest bit: the writer is never two laps
   * ahead. Shown to the reader with the tail.
   */
  private final long[] lapEnds = new long[2];

  /** What is read up to; what is written up to. Each is set by one thread and read by the other. */
  @SuppressWarnings("UnusedVariable") // by way of its handle
  private long head;

  @SuppressWarnings("UnusedVariable") // by way of its handle
  private long tail;

  // The writer's own.
  private long written;
  private long knownHead;

  private static VarHandle position(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(BlockQueue.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Makes an empty queue.
   *
   * @param arena shared by both threads
   * @param capacity bytes, a power of two
   */
  public BlockQueue(Arena arena, int capacity) {
    memory = MappedMemory.allocate(arena, capacity);
    bytes = memory.asByteBuffer();
    this.capacity = capacity;
    mask = capacity - 1;
  }

  /** Returns the memory that {@link #reserve} gives places in. */
  public MemorySegment memory() {
    return memory;
  }

  /** Returns the longest block that is taken, however empty the queue is. */
  public int blockBytesMax() {
    return capacity / 2;
  }

  /**
   * Gives a block its place. The writer.
   *
   * @param length a multiple of four
   * @return where in {@link #memory} it stands, or {@link #FULL}
   */
  public long reserve(int length) {
    int at = (int) written & mask;
    int toEnd = capacity - at;
    int needed = toEnd < length ? toEnd + length : length;
    if (capacity - (written - knownHead) < needed) {
      knownHead = (long) HEAD.getAcquire(this);
      if (capacity - (written - knownHead) < needed) {
        return FULL;
      }
    }
    if (toEnd < length) {
      lapEnds[lap(written)] = written;
      written += toEnd;
      at = 0;
    } else if (toEnd == length) {
      lapEnds[lap(written)] = written + length;
    }
    written += length;
    return at;
  }

  private int lap(long position) {
    return (position & capacity) == 0 ? 0 : 1;
  }

  /** Returns bytes that the reader cannot see yet. The writer. */
  public long unpublished() {
    return written - (long) TAIL.getOpaque(this);
  }

  /** Returns what the reader can see up to. */
  public long tail() {
    return (long) TAIL.getOpaque(this);
  }

  /** Lets the reader see what was written. The writer. */
  public void publish() {
    TAIL.setVolatile(this, written); // the reader's flag is read behind it
  }

  /** Returns whether the reader has nothing left to read. Any thread. */
  public boolean isEmpty() {
    return (long) HEAD.getVolatile(this) == (long) TAIL.getVolatile(this);
  }

  /** Returns whether what was written reaches to {@code position}. The reader. */
  public boolean isPublished(long position) {
    return (long) TAIL.getVolatile(this) >= position;
  }

  /** Returns where the oldest block begins. The reader. */
  public long head() {
    return (long) HEAD.getOpaque(this);
  }

  /**
   * Returns where the next block begins, or will begin, when all before {@code position} is read:
   * there, or at the ring's beginning. The reader.
   */
  public long next(long position) {
    long lapEnd = lapEnd(position);
    return isPublished(lapEnd) && position == lapEnds[lap(position)] ? lapEnd : position;
  }

  /**
   * Returns where the blocks end that stand in one piece from {@link #next} on. The reader.
   *
   * @param position of a block, or within one
   * @return {@code position} when there is none
   */
  public long runEnd(long position) {
    long published = (long) TAIL.getVolatile(this);
    return published < lapEnd(position) ? published : lapEnds[lap(position)];
  }

  private long lapEnd(long position) {
    return (position | mask) + 1;
  }

  /** Returns where the block ends that begins at {@code position}. The reader. */
  public long blockEnd(long position) {
    return position + memory.get(INT, ((int) position & mask) + LENGTH_AT);
  }

  /** Returns where in {@link #memory} the block stands that begins at {@code position}. */
  public int at(long position) {
    return (int) position & mask;
  }

  /** Returns a view of so many bytes; valid until the next call. The reader. */
  public ByteBuffer view(long position, int length) {
    int at = (int) position & mask;
    return bytes.limit(at + length).position(at);
  }

  /** Gives the writer what stands before {@code position}. The reader. */
  public void release(long position) {
    HEAD.setRelease(this, position);
  }
}
