/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The heap that one analysis may hold for what its flows carry: lines and messages that are not
 * whole, requests without an answer, tables, texts of records to come.
 *
 * <p>Accounts stand in lists by the power of two of their size, the one that grew into it last at
 * the end; small ones are all in one, so that among many of them the oldest goes and not the one
 * that says a little more. When the sum is over the bound, or one account over its own, {@link
 * #largest} finds who is to go: the flow that has been longest among the largest. Taking and giving
 * back is a few additions unless the size crosses a power of two: a small account that has become
 * empty, as most do with every message, stays in its list and is passed over there. One thread.
 */
final class ByteBudget {

  private static final int SIZE_CLASSES = Long.SIZE;

  /** Accounts below 32 KiB are equally small. */
  private static final int SMALLEST_CLASS = 14;

  private static final long SMALL_BYTES = 2L << SMALLEST_CLASS;

  private final long bytesMax;
  private final long flowBytesMax;
  private final @Nullable FlowAccount[] first = new @Nullable FlowAccount[SIZE_CLASSES];
  private final @Nullable FlowAccount[] last = new @Nullable FlowAccount[SIZE_CLASSES];

  /** One bit for each list that is not empty. */
  private long occupied;

  private long bytes;

  /** Which account has gone over its own bound; null for none. */
  private @Nullable FlowAccount tooLarge;

  /**
   * @param bytesMax heap that all flows may hold together
   * @param flowBytesMax heap that one flow may hold
   */
  ByteBudget(long bytesMax, long flowBytesMax) {
    this.bytesMax = bytesMax;
    this.flowBytesMax = flowBytesMax;
  }

  /** Opens the account of a flow. */
  FlowAccount open(Flow flow) {
    return new FlowAccount(flow);
  }

  /** Notes that a flow holds more. */
  void take(FlowAccount account, long count) {
    if (account.closed) {
      return;
    }
    account.bytes += count;
    bytes += count;
    if (account.bytes > flowBytesMax) {
      tooLarge = account;
    }
    if (account.sizeClass != SMALLEST_CLASS || account.bytes >= SMALL_BYTES) {
      move(account);
    }
  }

  /** Notes that a flow holds less. */
  void giveBack(FlowAccount account, long count) {
    if (account.closed) {
      return;
    }
    account.bytes -= count;
    bytes -= count;
    if (account.sizeClass != SMALLEST_CLASS) {
      move(account);
    } else if (account.bytes <= 0) {
      account.wasEmpty = true;
    }
  }

  /** Closes an account; what is left on it is given back. */
  void close(FlowAccount account) {
    bytes -= account.bytes;
    account.bytes = 0;
    account.closed = true;
    move(account);
    if (tooLarge == account) {
      tooLarge = null;
    }
  }

  private void move(FlowAccount account) {
    int wanted = sizeClass(account.bytes);
    if (wanted != account.sizeClass) {
      unlink(account);
      account.sizeClass = wanted;
      link(account);
    }
  }

  private static int sizeClass(long size) {
    return size <= 0
        ? -1
        : Math.max(SMALLEST_CLASS, SIZE_CLASSES - 1 - Long.numberOfLeadingZeros(size));
  }

  private void link(FlowAccount account) {
    int list = account.sizeClass;
    account.wasEmpty = false;
    if (list < 0) {
      return;
    }
    FlowAccount end = last[list];
    account.before = end;
    if (end == null) {
      first[list] = account;
      occupied |= 1L << list;
    } else {
      end.behind = account;
    }
    last[list] = account;
  }

  private void unlink(FlowAccount account) {
    int list = account.sizeClass;
    if (list < 0) {
      return;
    }
    FlowAccount before = account.before;
    FlowAccount behind = account.behind;
    if (before == null) {
      first[list] = behind;
    } else {
      before.behind = behind;
    }
    if (behind == null) {
      last[list] = before;
    } else {
      behind.before = before;
    }
    account.before = null;
    account.behind = null;
    if (first[list] == null) {
      occupied &= ~(1L << list);
    }
  }

  /** Returns whether a flow must be let go. */
  boolean isExceeded() {
    return bytes > bytesMax || tooLarge != null;
  }

  /**
   * Returns the flow that is over its own bound, or null when there is none; it may have given back
   * since.
   */
  @Nullable FlowAccount tooLarge() {
    FlowAccount found = tooLarge;
    tooLarge = null;
    return found == null || found.bytes <= flowBytesMax ? null : found;
  }

  /** Returns whose flow is to go for the sake of all, or null when the sum is within its bound. */
  @Nullable FlowAccount largest() {
    if (bytes <= bytesMax) {
      return null;
    }
    passOverEmpty();
    return occupied == 0 ? null : first[SIZE_CLASSES - 1 - Long.numberOfLeadingZeros(occupied)];
  }

  /** Finds the first small account that holds something, and has since it came into its place. */
  private void passOverEmpty() {
    FlowAccount account = first[SMALLEST_CLASS];
    while (account != null && account.wasEmpty) {
      unlink(account);
      account.sizeClass = sizeClass(account.bytes);
      link(account);
      account = first[SMALLEST_CLASS];
    }
  }

  /** Returns how much is held. */
  long bytes() {
    return bytes;
  }
}
