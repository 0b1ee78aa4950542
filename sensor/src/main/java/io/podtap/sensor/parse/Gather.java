/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts together a message that may have come in several pieces, one for each end of a flow. What
 * comes whole is looked at where it is; only the rest is copied. One thread.
 */
public final class Gather {

  private static final byte[] NOTHING = new byte[0];

  /** A longer array is not kept for the next message. */
  private static final int SPARE_BYTES_MAX = 8 << 10;

  private final int limit;
  private final HeapAccount account;
  private final Payload whole = new Payload();
  private byte[] bytes = NOTHING;
  private int held;
  private boolean given;

  /**
   * @param limit bytes of a message, at most
   * @param account of the parser whose messages they are
   */
  public Gather(int limit, HeapAccount account) {
    this.limit = limit;
    this.account = account;
  }

  /** Returns bytes that wait for the rest of their message. */
  public int held() {
    return given ? 0 : held;
  }

  /**
   * Moves bytes out of {@code data} until {@code wanted} are together, none of a further message.
   * May be asked again with a higher number before the message is taken: for its header first, then
   * for as much as the header says.
   *
   * @param wanted bytes of the message; more than the limit is never together
   * @return a view of exactly that many bytes, valid until the next call here, or null: {@code
   *     data} is empty then
   */
  public @Nullable Payload peek(Payload data, int wanted) {
    forget();
    if (held == 0 && data.length() >= wanted) {
      return whole.wrap(data, 0, wanted);
    }
    int missing = Math.min(wanted, limit) - held;
    if (missing > 0) {
      int count = Math.min(missing, data.length());
      keep(data, count);
      data.skip(count);
    }
    return held >= wanted ? whole.wrap(bytes, 0, wanted) : null;
  }

  /**
   * As {@link #peek}, and the message is taken: the next one begins behind it.
   *
   * @return a view of it, valid until the next call here, or null when more must come
   */
  public @Nullable Payload take(Payload data, int wanted) {
    Payload message = peek(data, wanted);
    if (message != null) {
      if (held == 0) {
        data.skip(wanted);
      } else {
        given = true; // peeked pieces are never longer than what is then taken
      }
    }
    return message;
  }

  /**
   * Takes a line: up to the next line feed, without it and without a carriage return in front of
   * it.
   *
   * @return a view of it, valid until the next call here, or null when more must come or when the
   *     line is longer than the limit ({@link #isFull})
   */
  public @Nullable Payload takeLine(Payload data) {
    forget();
    int end = data.indexOf('\n', 0);
    if (end >= 0 && held == 0 && end <= limit) {
      whole.wrap(data, 0, end);
      data.skip(end + 1);
      return withoutReturn();
    }
    int count = Math.min(end < 0 ? data.length() : end, limit - held);
    keep(data, count);
    data.skip(count);
    if (end < 0 || data.u8(0) != '\n') {
      return null;
    }
    data.skip(1);
    given = true;
    whole.wrap(bytes, 0, held);
    return withoutReturn();
  }

  private Payload withoutReturn() {
    int last = whole.length() - 1;
    return whole.u8(last) == '\r' ? whole.wrap(whole, 0, last) : whole;
  }

  /** Returns whether the message at hand has reached the limit: it will never be together. */
  public boolean isFull() {
    return held() >= limit;
  }

  /** Returns a view of what waits, valid until the next call here. */
  public Payload waiting() {
    return whole.wrap(bytes, 0, held());
  }

  /** Drops what waits. */
  public void clear() {
    held = 0;
    given = false;
    replace(NOTHING);
  }

  private void replace(byte[] array) {
    if (bytes.length > 0) {
      account.giveBack(HeapSize.bytes(bytes.length));
    }
    if (array.length > 0) {
      account.take(HeapSize.bytes(array.length));
    }
    bytes = array;
  }

  private void forget() {
    if (given) {
      held = 0;
      given = false;
      if (bytes.length > SPARE_BYTES_MAX) {
        replace(NOTHING);
        whole.wrap(NOTHING, 0, 0);
      }
    }
  }

  private void keep(Payload data, int count) {
    if (held + count > bytes.length) {
      replace(Arrays.copyOf(bytes, Math.min(limit, Math.max(256, 2 * (held + count)))));
      whole.wrap(NOTHING, 0, 0); // else it would hold the array that was too small
    }
    data.copyTo(0, bytes, held, count);
    held += count;
  }
}
