/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds where one end's next message begins after bytes are missing, or when a connection is joined
 * in the middle. Idle until {@link #begin}; then bytes are kept, {@value #WINDOW_BYTES} at most,
 * until headers in a row confirm a boundary. A message that seems to begin with a segment is kept
 * to its end, {@value #MESSAGE_BYTES_MAX} bytes at most. One object for each end; one thread.
 *
 * <p>A boundary is confirmed when messages in a row, each where the one before ends, reach exactly
 * the end of what has come, or when there are enough of them: {@value #CHAIN_WEAK} anywhere, fewer
 * where a segment begins or where a header is telling by itself.
 */
public final class Resynchronizer {

  /** What a protocol knows of its headers. */
  @FunctionalInterface
  public interface Header {

    /**
     * Returns the length in bytes of the message that may begin at {@code at}, header included;
     * {@link #NONE} when none begins there, {@link #MORE} when more bytes must come to tell.
     */
    long messageBytes(Payload data, int at);
  }

  public static final long NONE = -1;
  public static final long MORE = 0;

  static final int WINDOW_BYTES = 8 << 10;

  /** Bytes of messages in a row that are kept until what is behind them confirms them. */
  static final int MESSAGE_BYTES_MAX = 64 << 10;

  private static final int CHAIN_WEAK = 3;
  private static final int CHAIN_STRONG = 2;
  private static final int STARTS_MAX = 32;

  /** Bytes that a message must have to be recognised by its end alone, away from a start. */
  private static final int REST_BYTES_MIN = 8;

  /** Bytes in which every place is tried; behind them only those where segments begin. */
  private static final long SCANNED_BYTES_MAX = 64 << 10;

  /** Shift by which the bytes of a long message count less towards what has been sought. */
  private static final int MESSAGE_SHIFT = 4;

  /** Bytes behind a long message in which the header of the next one must fit. */
  private static final int MARGIN_BYTES = 256;

  private static final byte[] NOTHING = new byte[0];
  private static final int[] NOWHERE = new int[0];

  /** Heap of this object with its view and its account. */
  private static final long BYTES = 176;

  private final Header header;
  private final boolean isTelling;
  private final HeldHeap heap;
  private final Payload view = new Payload();
  private boolean seeking;
  private byte[] window = NOTHING;

  /** Bytes that are kept at most: more than usual while a long message comes. */
  private int limit = WINDOW_BYTES;

  private int held;

  /** Where in the window segments begin, in ascending order. */
  private int[] starts = NOWHERE;

  private int startCount;

  /** Places before it are known to begin no message. */
  private int firstOpen;

  /** Bytes to pass over to where a message that did not fit into the window ends. */
  private long passedOver;

  /** Heap of what was given to the parser with the last segment. */
  private long lentBytes;

  private long soughtBytes;
  private long skippedBytes;

  /** Where in the window the segment at hand begins. */
  private int segmentStart;

  private boolean isLate;

  /**
   * @param isTelling whether a single header where a segment begins is proof enough
   * @param account of the parser, to which the bytes that are kept count
   */
  public Resynchronizer(Header header, boolean isTelling, HeapAccount account) {
    this.header = header;
    this.isTelling = isTelling;
    this.heap = new HeldHeap(account);
    heap.set(BYTES);
  }

  /** Begins to seek: bytes are missing. */
  public void begin() {
    if (seeking) {
      skippedBytes += held;
    }
    seeking = true;
    soughtBytes = 0;
    forget();
  }

  /** Ends seeking: what comes next is known to begin a message. */
  public void stop() {
    seeking = false;
    forget();
  }

  /**
   * Notes that a segment has come, which parsers look at instead of what {@link #find} gave them.
   *
   * @return whether the next boundary has not been found yet
   */
  public boolean beginSegment() {
    if (lentBytes > 0) {
      lentBytes = 0;
      account();
    }
    return seeking;
  }

  /** Returns whether the next boundary has not been found yet. */
  public boolean isSeeking() {
    return seeking;
  }

  /**
   * Returns whether what was found last had come before the segment at hand, in which it was
   * recognised: at what time is not known.
   */
  public boolean isLate() {
    return isLate;
  }

  /**
   * Returns how many bytes were passed over since the last call because they belong to no message
   * that is known.
   */
  public long takeSkippedBytes() {
    long skipped = skippedBytes + held;
    skippedBytes = -held;
    return skipped;
  }

  /**
   * Returns how many bytes have come since seeking began; of what seems to be one long message a
   * sixteenth counts.
   */
  public long soughtBytes() {
    return soughtBytes;
  }

  private void forget() {
    held = 0;
    segmentStart = 0;
    startCount = 0;
    firstOpen = 0;
    passedOver = 0;
    limit = WINDOW_BYTES;
    window = NOTHING;
    starts = NOWHERE;
    view.wrap(NOTHING, 0, 0); // else it would hold what it has seen
    account();
  }

  private void account() {
    long kept = window.length == 0 ? 0 : HeapSize.bytes(window.length);
    long noted = starts.length == 0 ? 0 : HeapSize.ARRAY + (long) Integer.BYTES * starts.length;
    heap.set(BYTES + lentBytes + kept + noted);
  }

  private void noteStart() {
    if (starts.length == 0) {
      starts = new int[STARTS_MAX];
    }
    if (startCount < STARTS_MAX) {
      starts[startCount++] = held;
    }
  }

  /**
   * Takes all of one segment.
   *
   * @return what has come from the boundary on, a copy that counts until {@link #beginSegment}, or
   *     null while there is none
   */
  public @Nullable Payload find(Payload data) {
    boolean begins = true;
    segmentStart = held;
    while (!data.isEmpty()) {
      if (passedOver > 0) {
        int count = (int) Math.min(passedOver, data.length());
        data.skip(count);
        passedOver -= count;
        skippedBytes += count;
        soughtBytes += count >> MESSAGE_SHIFT;
        begins = passedOver == 0; // a message ends here: the next one begins
        continue;
      }
      if (begins) {
        noteStart();
      }
      begins = false;
      keep(data);
      Payload found = search(data);
      if (found != null) {
        return found;
      }
      if (held == limit) {
        slide();
      }
    }
    return null;
  }

  private void keep(Payload data) {
    int count = Math.min(data.length(), limit - held);
    if (held + count > window.length) {
      window = Arrays.copyOf(window, Math.min(limit, Math.max(512, 2 * (held + count))));
      account();
    }
    data.copyTo(0, window, held, count);
    data.skip(count);
    held += count;
    soughtBytes += limit > WINDOW_BYTES ? count >> MESSAGE_SHIFT : count;
  }

  private @Nullable Payload search(Payload rest) {
    view.wrap(window, 0, held);
    boolean whole = rest.isEmpty();
    for (int i = 0; i < startCount; i++) {
      if (isConfirmed(starts[i], /* atStart= */ true, whole)) {
        return found(starts[i], rest);
      }
    }
    if (soughtBytes > SCANNED_BYTES_MAX || limit > WINDOW_BYTES) {
      return null;
    }
    boolean mayPass = true;
    for (int at = firstOpen; at < held; at++) {
      long bytes = header.messageBytes(view, at);
      if (bytes != NONE && isConfirmed(at, /* atStart= */ false, whole)) {
        return found(at, rest);
      }
      mayPass &= bytes == NONE;
      firstOpen = mayPass ? at + 1 : firstOpen;
    }
    return null;
  }

  private boolean isConfirmed(int from, boolean atStart, boolean whole) {
    int wanted = isTelling ? CHAIN_STRONG : CHAIN_WEAK;
    wanted -= atStart ? 1 : 0;
    long at = from;
    int count = 0;
    while (at < held) {
      long bytes = header.messageBytes(view, (int) at);
      if (bytes == NONE) {
        return false;
      }
      if (bytes == MORE) {
        return false;
      }
      count++;
      if (count >= wanted) {
        return true;
      }
      at += bytes;
    }
    return at == held && whole && count > 0 && (atStart || held - from >= REST_BYTES_MIN);
  }

  /** What follows the window in the same segment is appended to it: nothing is left in data. */
  private Payload found(int at, Payload rest) {
    int behind = held - at;
    byte[] bytes = new byte[behind + rest.length()];
    System.arraycopy(window, at, bytes, 0, behind);
    rest.copyTo(0, bytes, behind, rest.length());
    rest.skip(rest.length());
    skippedBytes += at;
    isLate = at < segmentStart;
    seeking = false;
    lentBytes = HeapSize.bytes(bytes.length); // views of the parser may hold it for long
    forget();
    return new Payload(bytes);
  }

  /** Makes room: for a message that seems to have begun, or behind it, or half of it. */
  private void slide() {
    view.wrap(window, 0, held);
    for (int i = 0; i < startCount; i++) {
      long end = chainEnd(starts[i]);
      if (end > held && end - starts[i] <= MESSAGE_BYTES_MAX - MARGIN_BYTES) {
        makeRoom(starts[i], end);
        return;
      }
      if (end > held) {
        passOver(end);
        return;
      }
    }
    int dropped = limit > WINDOW_BYTES ? Math.max(1, held - WINDOW_BYTES / 2) : held / 2;
    limit = WINDOW_BYTES;
    for (int at = firstOpen; at < dropped && soughtBytes <= SCANNED_BYTES_MAX; at++) {
      long end = chainEnd(at);
      if (end > held) {
        passOver(end);
        return;
      }
    }
    System.arraycopy(window, dropped, window, 0, held - dropped);
    int kept = 0;
    for (int i = 0; i < startCount; i++) {
      if (starts[i] >= dropped) {
        starts[kept++] = starts[i] - dropped;
      }
    }
    startCount = kept;
    held -= dropped;
    segmentStart = Math.max(0, segmentStart - dropped);
    firstOpen = Math.max(0, firstOpen - dropped);
    skippedBytes += dropped;
  }

  /** Keeps a message that seems to have begun, and what will show behind it whether it has. */
  private void makeRoom(int start, long end) {
    skippedBytes += start;
    held -= start;
    segmentStart = Math.max(0, segmentStart - start);
    System.arraycopy(window, start, window, 0, held);
    starts[0] = 0;
    startCount = 1;
    firstOpen = 0;
    limit = (int) (end - start) + MARGIN_BYTES;
  }

  private void passOver(long end) {
    skippedBytes += held;
    passedOver = end - held;
    held = 0;
    segmentStart = 0;
    startCount = 0;
    firstOpen = 0;
    limit = WINDOW_BYTES;
  }

  /** Returns where messages in a row from {@code from} on end, or -1. */
  private long chainEnd(int from) {
    long at = from;
    while (at < held) {
      long bytes = header.messageBytes(view, (int) at);
      if (bytes == NONE || bytes == MORE) {
        return -1;
      }
      at += bytes;
    }
    return at;
  }
}
