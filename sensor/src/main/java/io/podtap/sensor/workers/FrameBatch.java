/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.workers;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Copies of frames on their way from one thread to another, used again and again. What an analysis
 * reads of a frame is kept; offload facts are not, but for a checksum that is not filled in yet.
 * One thread at a time.
 */
public final class FrameBatch {

  /** Enough to spread the cost of handing over; small enough to stay in the cache. */
  private static final int FRAMES_MAX = 256;

  private static final int BYTES = 128 << 10;

  private final long[] timesNs = new long[FRAMES_MAX];
  private final long[] receivedNs = new long[FRAMES_MAX];
  private final long[] clockOffsetsNs = new long[FRAMES_MAX];
  private final boolean[] lengthsKnown = new boolean[FRAMES_MAX];
  private final int[] offsets = new int[FRAMES_MAX];
  private final int[] lengths = new int[FRAMES_MAX];
  private final int[] originalLengths = new int[FRAMES_MAX];
  private final int[] linkTypes = new int[FRAMES_MAX];
  private final int[] interfaces = new int[FRAMES_MAX];
  private final boolean[] checksumsNeeded = new boolean[FRAMES_MAX];
  private final Frame frame = new Frame();
  private MemorySegment bytes = Arena.ofAuto().allocate(BYTES, Long.BYTES);
  private int count;
  private int used;

  /**
   * Copies a frame behind the others.
   *
   * @return false when there is no room; an empty batch has room for every frame
   */
  public boolean add(Frame source) {
    int length = source.length();
    if (count == FRAMES_MAX || used + length > bytes.byteSize()) {
      if (count > 0) {
        return false;
      }
      bytes = Arena.ofAuto().allocate(length, Long.BYTES); // longer than most will ever be
    }
    MemorySegment.copy(source.segment(), source.offset(), bytes, used, length);
    timesNs[count] = source.timestampNs();
    receivedNs[count] = source.receivedNs();
    clockOffsetsNs[count] = source.clockOffsetNs();
    lengthsKnown[count] = source.isOriginalLengthKnown();
    offsets[count] = used;
    lengths[count] = length;
    originalLengths[count] = source.originalLength();
    linkTypes[count] = source.linkType();
    interfaces[count] = source.interfaceIndex();
    checksumsNeeded[count] = source.isChecksumNeeded();
    count++;
    used = (used + length + Long.BYTES - 1) & -Long.BYTES;
    return true;
  }

  /** Hands the frames to {@code handler} and is empty. */
  public void drain(FrameHandler handler) {
    for (int i = 0; i < count; i++) {
      frame.wrap(bytes, offsets[i], lengths[i], originalLengths[i], timesNs[i]);
      frame.received(receivedNs[i]).clockOffset(clockOffsetsNs[i]);
      frame.origin(linkTypes[i], interfaces[i], /* outgoing= */ false);
      if (!lengthsKnown[i]) {
        frame.originalLengthUnknown();
      }
      if (checksumsNeeded[i]) {
        frame.checksumNeeded(/* start= */ 0, /* offset= */ 0);
      }
      handler.onFrame(frame);
    }
    clear();
    handler.onBatchEnd();
  }

  /** Forgets the frames. */
  public void clear() {
    count = 0;
    used = 0;
  }

  /** Returns whether there is no frame. */
  public boolean isEmpty() {
    return count == 0;
  }
}
