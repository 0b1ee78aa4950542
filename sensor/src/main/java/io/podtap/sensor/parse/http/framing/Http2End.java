/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http.framing;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import java.util.Arrays;

/** One direction's place in its frames. One thread. */
public final class Http2End {

  /** Bytes of a block of header fields, in all its frames. */
  private static final int BLOCK_MAX = 64 << 10;

  private static final byte[] NOTHING = new byte[0];

  public final boolean isClient;
  public final Gather header;
  public final Resynchronizer again;
  private final Hpack hpack;
  private final HeldHeap blockHeld;
  private byte[] block = NOTHING;
  private int blockLength;

  /** Whether bytes of the block at hand are missing. */
  private boolean isBlockLost;

  private int unknownFields;
  public boolean isPromise;
  public boolean endsBehindBlock;

  /** Bytes to step over, of the preface or of a frame. */
  public int skip;

  /** The frame at hand, -1 between frames. */
  public int type = -1;

  public int flags;
  public int streamId;

  /** Bytes of the frame behind {@link #skip} that have not come yet. */
  public int left;

  public int padding;
  public boolean atStart;
  public boolean heard;
  public boolean isJoined;

  /**
   * @param skip bytes in front of the first frame
   * @param account of the connection, to which what this holds counts
   */
  public Http2End(boolean isClient, int skip, HeapAccount account) {
    this.isClient = isClient;
    this.skip = skip;
    this.header = new Gather(Http2Frames.HEADER, account);
    this.again = new Resynchronizer(Http2Frames::messageBytes, /* isTelling= */ false, account);
    this.hpack = new Hpack(account);
    this.blockHeld = new HeldHeap(account);
  }

  /** Begins in the middle: nothing is known. */
  public void join() {
    lose();
  }

  /** Begins a frame. */
  public void begin(Payload head) {
    left = head.u24(0);
    type = head.u8(3);
    flags = head.u8(4);
    streamId = (int) head.u32(5) & Integer.MAX_VALUE;
    padding = 0;
    atStart = true;
    heard = true;
  }

  public void beginBlock() {
    blockLength = 0;
    isBlockLost = false;
    endsBehindBlock = false;
  }

  /** Keeps a piece of a block of header fields. */
  public void keep(Payload data, int count) {
    int needed = blockLength + count;
    if (needed > BLOCK_MAX) {
      loseBlock();
    }
    if (isBlockLost) {
      return;
    }
    if (needed > block.length) {
      replaceBlock(Arrays.copyOf(block, Math.min(BLOCK_MAX, Math.max(256, 2 * needed))));
    }
    data.copyTo(0, block, blockLength, count);
    blockLength = needed;
  }

  private void replaceBlock(byte[] larger) {
    block = larger;
    blockHeld.set(larger.length == 0 ? 0 : HeapSize.bytes(larger.length));
  }

  /** Gives up the block at hand: what it changed in the table is unknown. */
  public void loseBlock() {
    isBlockLost = true;
    blockLength = 0;
  }

  /** Hands over the fields of the block that is complete; false when it makes no sense. */
  public boolean decode(Hpack.FieldHandler handler) {
    boolean lost = isBlockLost;
    if (lost) {
      loseTable();
    }
    boolean sensible = lost || hpack.decode(block, blockLength, handler);
    unknownFields = lost ? 1 : hpack.unknownFields();
    blockLength = 0;
    isBlockLost = true; // a block begins with a frame of its own kind
    return sensible;
  }

  /** Returns how many fields of the last block are unknown, at least. */
  public int unknownFields() {
    return unknownFields;
  }

  public void loseTable() {
    hpack.lose();
  }

  /** Drops all that it keeps: nobody reads on. */
  public void release() {
    again.stop();
    header.clear();
    replaceBlock(NOTHING);
    loseTable();
  }

  /** Seeks the next frame. */
  public void lose() {
    isJoined = true;
    again.begin();
    header.clear();
    type = -1;
    skip = 0;
    left = 0;
    loseBlock();
    replaceBlock(NOTHING);
    loseTable();
  }
}
