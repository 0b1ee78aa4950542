/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Frames from one thread to another, copied once, in a ring of fixed size. The writer never waits;
 * the reader can. Frames must be as they were on the wire: offload facts are not carried over.
 *
 * <p>A frame's {@link Frame#interfaceIndex} comes out as the number that {@link #offer} was given.
 * Who reads {@link #blocks} gets packet blocks of pcapng as they stand in the ring. One thread
 * writes, one reads; no allocation.
 */
public final class FrameQueue implements FrameSource {

  /** So many bytes, and the rest of a block, are read before the writer has their place. */
  private static final int RUN_BYTES = 128 << 10;

  /** Frames are shown to the reader in portions: it begins before a batch is over. */
  private static final int PORTION_BYTES = 64 << 10;

  private final Arena arena = Arena.ofShared();
  private final BlockQueue blocks;
  private final IntUnaryOperator linkTypes;
  private final Frame frame = new Frame();
  private volatile @Nullable Thread sleeper;
  private volatile boolean ended;

  /**
   * Takes {@code capacity} bytes outside the heap, until {@link #close}.
   *
   * @param capacity a power of two; no frame may be longer than half of it
   * @param linkTypes the link type behind each number that {@link #offer} is given; called by the
   *     reader
   */
  public FrameQueue(int capacity, IntUnaryOperator linkTypes) {
    blocks = new BlockQueue(arena, capacity);
    this.linkTypes = linkTypes;
  }

  /**
   * Copies a frame into the queue. The writer.
   *
   * @param number stands for the frame's interface
   * @return false when there is no room
   */
  public boolean offer(Frame source, int number) {
    int length = source.length();
    int blockBytes = PacketBlock.length(length);
    if (blockBytes > blocks.blockBytesMax()) {
      return false;
    }
    if (blocks.unpublished() >= PORTION_BYTES) {
      publish();
    }
    long at = blocks.reserve(blockBytes);
    if (at == BlockQueue.FULL) {
      return false;
    }
    MemorySegment memory = blocks.memory();
    long to =
        PacketBlock.put(
            memory,
            at,
            number,
            source.timestampNs(),
            length,
            source.originalLength(),
            source.isOutgoing());
    Bytes.copy(source.segment(), source.offset(), memory, to, length);
    return true;
  }

  /** Lets the reader have what was offered so far. The writer. */
  public void publish() {
    if (blocks.unpublished() > 0) {
      blocks.publish();
      wakeUp();
    }
  }

  private void wakeUp() {
    Thread waiting = sleeper;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** Says that nothing more will come; the reader takes what is left. Any thread. */
  public void end() {
    ended = true;
    wakeUp();
  }

  /** Returns whether {@link #end} was called. Any thread. */
  public boolean isEnded() {
    return ended;
  }

  /** Returns whether nothing is left. Any thread. */
  public boolean isEmpty() {
    return blocks.isEmpty();
  }

  /** Returns the ring, for a reader that takes whole blocks. */
  public BlockQueue blocks() {
    return blocks;
  }

  /** Waits until there is something, it has ended, or the time is over. The reader. */
  public void await(int timeoutMs) {
    sleeper = Thread.currentThread();
    if (blocks.isEmpty() && !ended) {
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(timeoutMs));
    }
    sleeper = null;
  }

  /**
   * Hands on frames that stand in the queue, some of them at a time; their bytes stay until the
   * batch has ended. The reader.
   */
  @Override
  public int poll(FrameHandler handler) {
    boolean last = ended; // asked first: what came before the end is still taken
    long position = blocks.next(blocks.head());
    long end = Math.min(blocks.runEnd(position), position + RUN_BYTES);
    int frames = 0;
    MemorySegment memory = blocks.memory();
    while (position < end) {
      handler.onFrame(view(memory, blocks.at(position)));
      position = blocks.blockEnd(position);
      frames++;
    }
    if (frames == 0) {
      return last && blocks.isEmpty() ? END : 0;
    }
    handler.onBatchEnd();
    blocks.release(position);
    return frames;
  }

  private Frame view(MemorySegment memory, long at) {
    int number = PacketBlock.interfaceId(memory, at);
    return frame
        .wrap(
            memory,
            PacketBlock.packet(at),
            PacketBlock.capturedLength(memory, at),
            PacketBlock.originalLength(memory, at),
            PacketBlock.timestampNs(memory, at))
        .origin(linkTypes.applyAsInt(number), number, PacketBlock.isOutgoing(memory, at));
  }

  /** Gives the memory back; neither thread may use the queue any more. */
  @Override
  public void close() {
    arena.close();
  }
}
