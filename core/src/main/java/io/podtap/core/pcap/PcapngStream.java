/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Reads pcapng as it comes, in pieces of any size.
 *
 * <p>Frames stay where they are in the piece; only a block that is spread over two pieces is copied
 * together, into memory that grows with the block, to {@value #BLOCK_BYTES_MAX} bytes at most, and
 * shrinks again. No allocation per frame. Bounded, since the sender is not trusted. One thread.
 */
public final class PcapngStream {

  /** Bytes of a block at most: the longest super-frame but BIG TCP's, which taps cut anyway. */
  public static final int BLOCK_BYTES_MAX = 256 << 10;

  /** Interfaces at most, in all sections together. */
  static final int INTERFACES_MAX = 1_024;

  private static final int FIRST_BYTES = 4 << 10;

  private final PcapngFormat format;
  private final Frame frame = new Frame();
  private byte[] bytes = new byte[0];
  private MemorySegment begun = MemorySegment.NULL;

  /** Bytes of a block in {@link #begun}, and how many must be there before it is looked at. */
  private int held;

  private int wanted;

  /** Bytes to come that are of no interest. */
  private long skip;

  private String problem = "";
  private long frames;

  /** Begins before the first section header. */
  public PcapngStream(PcapngComments comments) {
    format = new PcapngFormat(INTERFACES_MAX, comments);
  }

  /**
   * Takes the next bytes of the stream; their frames are handed on as one batch.
   *
   * @return false when the stream cannot be read on, see {@link #problem}
   */
  public boolean take(MemorySegment piece, long length, FrameHandler handler) {
    int at = 0;
    int limit = Math.toIntExact(length);
    while (at < limit && problem.isEmpty()) {
      if (skip > 0) {
        int part = (int) Math.min(skip, limit - at);
        skip -= part;
        at += part;
      } else if (held > 0) {
        at += complete(piece, at, limit, handler);
      } else {
        at += blocks(piece, at, limit, handler);
      }
    }
    handler.onBatchEnd();
    return problem.isEmpty();
  }

  /** Hands on whole blocks from {@code from} on; returns how many bytes are dealt with. */
  private int blocks(MemorySegment piece, int from, int limit, FrameHandler handler) {
    int at = from;
    while (at < limit) {
      long result = format.next(piece, at, limit, frame);
      if (result <= 0) {
        if (!begin(result)) {
          return at - from;
        }
        keep(piece, at, limit - at);
        return limit - from;
      }
      handOn(result, handler);
      at += (int) (result & RecordFormat.LENGTH_MASK);
    }
    return at - from;
  }

  /** Says what a block at the end of a piece waits for; false when there is nothing to keep. */
  private boolean begin(long result) {
    if (result == 0) {
      problem = format.problem();
    } else if (result == -RecordFormat.SKIP) {
      skip = format.skipBytes();
    } else if (-result > BLOCK_BYTES_MAX) {
      problem = "block of " + -result + " bytes";
    } else {
      wanted = (int) -result;
      return true;
    }
    return false;
  }

  /** Goes on with the block that has begun in an earlier piece; returns the bytes taken. */
  private int complete(MemorySegment piece, int from, int limit, FrameHandler handler) {
    int part = Math.min(wanted - held, limit - from);
    keep(piece, from, part);
    if (held < wanted) {
      return part;
    }
    long result = format.next(begun, 0, held, frame);
    if (result > 0) {
      handOn(result, handler);
      handler.onBatchEnd(); // its bytes are written over by the next one
      release();
    } else if (!begin(result)) {
      skip = Math.max(skip - held, 0);
      release();
    }
    return part;
  }

  private void handOn(long result, FrameHandler handler) {
    if ((result & RecordFormat.FRAME) != 0) {
      frames++;
      handler.onFrame(frame);
    }
  }

  private void keep(MemorySegment piece, int from, int length) {
    int needed = Math.max(Math.max(wanted, held + length), FIRST_BYTES);
    if (begun.byteSize() < needed) {
      bytes = Arrays.copyOf(bytes, needed);
      begun = MemorySegment.ofArray(bytes);
    }
    MemorySegment.copy(piece, from, begun, held, length);
    held += length;
  }

  private void release() {
    held = 0;
    wanted = 0;
    if (begun.byteSize() > FIRST_BYTES * 8L) {
      bytes = new byte[0];
      begun = MemorySegment.NULL;
    }
  }

  /** Returns why the stream cannot be read on; empty while all is well. */
  public String problem() {
    return problem;
  }

  /** Returns whether the stream ended here would end between two blocks. */
  public boolean isWhole() {
    return held == 0 && skip == 0;
  }

  /** Returns frames handed on so far. */
  public long frames() {
    return frames;
  }
}
