/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.amqp;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.requests.RequestCounts;

/**
 * What one end sends: headers of the protocol, and frames.
 *
 * <pre>
 * 0-9-1: | type 1 | channel 2 | size 4 | class 2 | method 2 | ... | 0xCE |
 * 1.0:   | size 4 | doff 1 | type 1 | channel 2 | ... | 0 | 0x53 | performative 1 | ...
 * </pre>
 *
 * One thread.
 */
final class AmqpEnd {

  private static final String MAGIC = "AMQP";

  /** The magic, then protocol, major, minor, revision. */
  private static final int PROTOCOL_HEADER = 8;

  private static final int METHOD = 1;
  private static final int HEARTBEAT = 8;
  private static final int FRAME_HEADER = 7;
  private static final int METHOD_HEAD = 11;

  private static final int FRAME_MIN = 8;

  /** Frames in a row by which one end tells the protocol where the other one is silent. */
  private static final int FRAMES_SURE = 8;

  /** Four-byte words in front of a frame's body, at most. */
  private static final int OFFSET_WORDS_MAX = 16;

  /** Constructor, format code, performative as one byte; as eight the last one counts. */
  private static final int SMALL_ULONG = 0x53;

  private static final int BODY_HEAD = 3;
  private static final long FRAME_MAX = 1L << 30;

  private final RequestCounts counts;
  private final Gather gather;
  private final Resynchronizer again;
  private boolean wasSought;
  private boolean isVersionKnown;
  private boolean isVersion1;
  private boolean told;
  private int frames;
  private long skip;

  /**
   * @param isJoined whether the connection's beginning was not seen
   */
  AmqpEnd(RequestCounts counts, boolean isJoined, HeapAccount account) {
    this.counts = counts;
    this.gather = new Gather(4 * OFFSET_WORDS_MAX + BODY_HEAD, account);
    this.again = new Resynchronizer(this::frameBytes, /* isTelling= */ true, account);
    if (isJoined) {
      again.begin();
    }
  }

  private long frameBytes(Payload data, int at) {
    if (data.has(at, MAGIC)) {
      return data.u8(at + 4) <= 3 ? PROTOCOL_HEADER : Resynchronizer.NONE;
    }
    if (isVersionKnown) {
      return isVersion1 ? AmqpFrames.version1(data, at) : AmqpFrames.version091(data, at);
    }
    long bytes = AmqpFrames.version091(data, at);
    return bytes == Resynchronizer.NONE ? AmqpFrames.version1(data, at) : bytes;
  }

  /** Returns whether this end has shown that it speaks the protocol. */
  boolean isTold() {
    return told;
  }

  /** Returns whether so many frames followed one another that it is no other protocol's. */
  boolean isSure() {
    return told && frames >= FRAMES_SURE;
  }

  /** Returns bytes that came since the place of the next frame was lost; 0 when it is known. */
  long soughtBytes() {
    return again.isSeeking() ? again.soughtBytes() : 0;
  }

  /** Leaves out bytes that will never come. */
  void gap(long length) {
    if (!again.isSeeking() && length <= skip) {
      skip -= length;
      return;
    }
    counts.missed(length - skip + gather.held());
    skip = 0;
    frames = 0;
    gather.clear();
    again.begin();
  }

  /** Counts what was passed over to the end. */
  void end() {
    if (again.isSeeking()) {
      counts.missed(again.takeSkippedBytes());
    }
  }

  /** Reads all of {@code data}; false when it is something else. */
  boolean read(Payload data) {
    if (!again.beginSegment()) {
      return readOn(data);
    }
    Payload found = again.find(data);
    if (found == null) {
      return true;
    }
    counts.missed(again.takeSkippedBytes());
    told = true;
    wasSought = true;
    if (!isVersionKnown && !found.has(0, MAGIC)) {
      isVersionKnown = true;
      isVersion1 = AmqpFrames.version091(found, 0) <= 0;
    }
    return readOn(found);
  }

  /** What was taken for a frame after a gap may have been none: then it is sought once more. */
  private boolean readOn(Payload data) {
    boolean sensible = readFrames(data);
    if (!sensible && wasSought) {
      counts.missed(data.length() + gather.held());
      skip = 0;
      gather.clear();
      again.begin();
    }
    return sensible || wasSought;
  }

  private boolean readFrames(Payload data) {
    while (!data.isEmpty()) {
      int skipped = (int) Math.min(skip, data.length());
      data.skip(skipped);
      skip -= skipped;
      boolean strays = wasSought && gather.held() == 0 && !isVersion1 && !mayBegin(data.u8(0));
      if (!data.isEmpty() && (strays || !readFrame(data))) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayBegin(int first) {
    return first == 'A' || (first >= METHOD && first <= HEARTBEAT);
  }

  private boolean readFrame(Payload data) {
    Payload head = gather.peek(data, FRAME_HEADER);
    if (head == null) {
      return true;
    }
    if (head.has(0, MAGIC)) {
      Payload header = gather.take(data, PROTOCOL_HEADER);
      return header == null || begin(header);
    }
    frames++;
    return isVersion1 ? performative(data) : method(data, head);
  }

  private boolean begin(Payload header) {
    isVersionKnown = true;
    isVersion1 = header.u8(5) == 1 && header.u8(4) != 1;
    told = true;
    return header.u8(4) <= 3;
  }

  private boolean method(Payload data, Payload head) {
    int type = head.u8(0);
    long size = head.u32(3);
    if (type < METHOD || type > HEARTBEAT || size > FRAME_MAX) {
      return false;
    }
    boolean isMethod = type == METHOD && size >= METHOD_HEAD - FRAME_HEADER;
    Payload frame = gather.take(data, isMethod ? METHOD_HEAD : FRAME_HEADER);
    if (frame == null) {
      return true;
    }
    skip = FRAME_HEADER + size + 1 - frame.length();
    if (isMethod) {
      told |= frame.u16(1) == 0 && frame.u16(7) == 10; // a connection's, before all others
      count(AmqpMethods.method(frame.u16(7), frame.u16(9)));
    }
    return told;
  }

  private boolean performative(Payload data) {
    Payload head = gather.peek(data, FRAME_MIN);
    if (head == null) {
      return true;
    }
    long size = head.u32(0);
    int words = head.u8(4);
    if (words < 2 || words > OFFSET_WORDS_MAX || size < 4L * words || size > FRAME_MAX) {
      return false;
    }
    Payload frame = gather.take(data, (int) Math.min(size, 4L * words + BODY_HEAD));
    if (frame == null) {
      return true;
    }
    skip = size - frame.length();
    int body = 4 * words;
    if (frame.u8(body) == 0 && frame.u8(body + 1) == SMALL_ULONG) {
      count(AmqpMethods.performative(frame.u8(body + 2)));
    }
    return true;
  }

  private void count(String name) {
    if (!name.isEmpty()) {
      counts.add(name);
    }
  }
}
