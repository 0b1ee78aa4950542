/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.StreamParser;
import java.util.Arrays;

/**
 * What a connection has carried while it is open what it is, kept for a parser that is chosen
 * later. Bounded; one thread.
 */
final class Backlog {

  static final int BYTES_MAX = 4 << 10;

  private static final int FIRST_BYTES = 512;
  private static final int PIECES_MAX = 64;
  private static final int GAP = 2;

  private final ByteBudget budget;
  private final FlowAccount account;
  private long taken;
  private byte[] bytes = new byte[FIRST_BYTES];
  private int length;

  /** Triples: who (1 for the originator), whether a gap (2), and the length. */
  private long[] pieces = new long[8];

  private int pieceCount;
  private int originatorBytes;
  private final boolean isWhole;

  /**
   * @param account of the flow, from which what this holds is taken until {@link #close}
   * @param isWhole whether the pieces of one end are one: else where segments begin is kept, for a
   *     parser that begins in the middle
   */
  Backlog(ByteBudget budget, FlowAccount account, boolean isWhole) {
    this.budget = budget;
    this.account = account;
    this.isWhole = isWhole;
    take(48 + HeapSize.bytes(FIRST_BYTES) + HeapSize.bytes(Long.BYTES * pieces.length));
  }

  private void take(long count) {
    taken += count;
    budget.take(account, count);
  }

  /** Gives back what this holds; nothing more may be asked of it. */
  void close() {
    budget.giveBack(account, taken);
    taken = 0;
  }

  /** Keeps a copy, as far as there is room. */
  boolean add(boolean fromOriginator, Payload data) {
    int count = data.length();
    if (length + count > BYTES_MAX) {
      return false;
    }
    if (length + count > bytes.length) {
      int wanted = Math.min(BYTES_MAX, Math.max(2 * bytes.length, length + count));
      take(wanted - bytes.length);
      bytes = Arrays.copyOf(bytes, wanted);
    }
    data.copyTo(0, bytes, length, count);
    length += count;
    originatorBytes += fromOriginator ? count : 0;
    return note(fromOriginator ? 1 : 0, count);
  }

  boolean addGap(boolean fromOriginator, long count) {
    return note(GAP | (fromOriginator ? 1 : 0), count);
  }

  private boolean note(int kind, long count) {
    boolean joins = isWhole || (kind & GAP) != 0;
    if (joins && pieceCount > 0 && (pieces[pieceCount - 1] & 3) == kind) {
      pieces[pieceCount - 1] += count << 2;
      return true;
    }
    if (pieceCount == PIECES_MAX) {
      return false;
    }
    if (pieceCount == pieces.length) {
      take((long) Long.BYTES * pieceCount);
      pieces = Arrays.copyOf(pieces, 2 * pieceCount);
    }
    pieces[pieceCount++] = count << 2 | kind;
    return true;
  }

  /** Changes the ends: what one has said was the other's. */
  void exchange() {
    for (int i = 0; i < pieceCount; i++) {
      pieces[i] ^= 1;
    }
    originatorBytes = length - originatorBytes;
  }

  /** Hands everything to a parser, in the order in which it came. */
  void replay(StreamParser parser) {
    Payload piece = new Payload();
    int at = 0;
    for (int i = 0; i < pieceCount; i++) {
      boolean fromOriginator = (pieces[i] & 1) != 0;
      long count = pieces[i] >>> 2;
      if ((pieces[i] & GAP) != 0) {
        parser.onGap(fromOriginator, count);
      } else {
        parser.onData(fromOriginator, piece.wrap(bytes, at, (int) count));
        at += (int) count;
      }
    }
  }

  /** Returns one end's bytes together, those of {@code more} behind them. */
  Payload joined(boolean fromOriginator, Payload more) {
    byte[] joined = new byte[held(fromOriginator) + more.length()];
    int from = 0;
    int to = 0;
    for (int i = 0; i < pieceCount; i++) {
      if ((pieces[i] & GAP) == 0) {
        int count = (int) (pieces[i] >>> 2);
        if ((pieces[i] & 1) != 0 == fromOriginator) {
          System.arraycopy(bytes, from, joined, to, count);
          to += count;
        }
        from += count;
      }
    }
    more.copyTo(0, joined, to, more.length());
    return new Payload(joined);
  }

  /** Returns how many bytes of one end are kept. */
  int held(boolean fromOriginator) {
    return fromOriginator ? originatorBytes : length - originatorBytes;
  }
}
