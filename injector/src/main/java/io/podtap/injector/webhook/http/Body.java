/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A request's body, in pieces. The first piece is the connection's own; the others come from a
 * budget that all requests share, and go back to it with {@link #close}. A body for which the
 * budget or its own bound does not suffice is read to its end and keeps its first piece alone.
 */
public final class Body implements AutoCloseable {

  /** What of a request was kept. */
  public enum State {
    WHOLE,
    /** Longer than one body may be. */
    TOO_LARGE,
    /** Other bodies hold the memory. */
    NO_MEMORY
  }

  /** Most reviews fit into one piece, and so need nothing of the shared memory. */
  static final int FIRST_BYTES = 16 << 10;

  private static final int PIECE_BYTES = 64 << 10;

  private final MemoryBudget budget;
  private final long bytesMax;
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private State state = State.WHOLE;
  private long length;
  private long kept;
  private int used;
  private long taken;

  /**
   * @param bytesMax length of one body
   */
  Body(MemoryBudget budget, long bytesMax) {
    this.budget = budget;
    this.bytesMax = bytesMax;
  }

  public State state() {
    return state;
  }

  /** Returns the length of what was sent. */
  public long length() {
    return length;
  }

  /** Takes the next bytes. */
  void add(byte[] from, int offset, int count) {
    length += count;
    int at = offset;
    int left = count;
    while (left > 0 && hasRoom()) {
      byte[] piece = pieces.getLast();
      int copied = Math.min(left, piece.length - used);
      System.arraycopy(from, at, piece, used, copied);
      used += copied;
      kept += copied;
      at += copied;
      left -= copied;
    }
  }

  /** Returns whether there is a piece to write into; makes one as long as that is allowed. */
  private boolean hasRoom() {
    if (state != State.WHOLE) {
      return false;
    }
    if (!pieces.isEmpty() && used < pieces.getLast().length) {
      return true;
    }
    if (kept >= bytesMax) {
      return keepFirst(State.TOO_LARGE);
    }
    if (!pieces.isEmpty()) {
      if (!budget.take(PIECE_BYTES)) {
        return keepFirst(State.NO_MEMORY);
      }
      taken += PIECE_BYTES;
    }
    pieces.add(new byte[pieces.isEmpty() ? FIRST_BYTES : PIECE_BYTES]);
    used = 0;
    return true;
  }

  private boolean keepFirst(State why) {
    state = why;
    byte[] first = pieces.getFirst();
    pieces.clear();
    pieces.add(first);
    used = first.length;
    kept = used;
    close();
    return false;
  }

  /** Returns what was kept: all of it, or its beginning. As often as it is asked for. */
  public InputStream stream() {
    return new Pieces(new ArrayDeque<>(pieces), kept);
  }

  /** Gives the shared memory back; what was kept is not to be read after that. */
  @Override
  public void close() {
    budget.give(taken);
    taken = 0;
  }

  /** Reads pieces one after another. */
  private static final class Pieces extends InputStream {

    private final Deque<byte[]> pieces;
    private long left;
    private int position;

    Pieces(Deque<byte[]> pieces, long left) {
      this.pieces = pieces;
      this.left = left;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int count) {
      if (left == 0) {
        return -1;
      }
      byte[] piece = pieces.getFirst();
      int copied = (int) Math.min(Math.min(count, piece.length - position), left);
      System.arraycopy(piece, position, into, offset, copied);
      position += copied;
      left -= copied;
      if (position == piece.length) {
        pieces.removeFirst();
        position = 0;
      }
      return copied;
    }
  }
}
