/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/**
 * What one part of a parser holds, such as its requests without an answer: keeps the sum, so that
 * it can be given back at once and an error of estimation does not outlive what it was about. One
 * thread.
 */
public final class HeldHeap {

  private final HeapAccount account;
  private long bytes;
  private int count;

  public HeldHeap(HeapAccount account) {
    this.account = account;
  }

  /** Notes one more object of {@code size} bytes with all that hangs on it. */
  public void add(long size) {
    count++;
    grow(size);
  }

  /** Notes that an object that is held has grown. */
  public void grow(long size) {
    bytes += size;
    account.take(size);
  }

  /**
   * Notes that an object is held no longer.
   *
   * @param size what it has grown to
   */
  public void remove(long size) {
    count--;
    release(count <= 0 ? bytes : Math.min(size, bytes));
  }

  /** Notes that all that is held are {@code size} bytes. */
  public void set(long size) {
    if (size > bytes) {
      grow(size - bytes);
    } else if (size < bytes) {
      release(bytes - size);
    }
  }

  /** Notes that nothing is held any more. */
  public void clear() {
    count = 0;
    release(bytes);
  }

  private void release(long size) {
    if (size > 0) {
      bytes -= size;
      account.giveBack(size);
    }
  }
}
