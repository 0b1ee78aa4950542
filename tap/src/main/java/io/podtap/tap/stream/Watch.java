/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import io.podtap.core.linux.Poller;
import io.podtap.core.linux.Wakeup;
import io.podtap.core.pcap.BlockQueue;

/**
 * What a stream's thread sleeps on: its connection, when it has one, what is written to its queue,
 * and being woken. {@link #written} and {@link #wakeUp} are for the hot thread, all else for the
 * stream's.
 */
final class Watch implements AutoCloseable {

  private static final int NOTHING = -1;
  private static final long NEVER = Long.MAX_VALUE;

  private final Wakeup wakeup = new Wakeup();
  private final Poller poller = new Poller(2);
  private final int woken = poller.add(wakeup.fd());
  private final int connection = poller.add(NOTHING);

  /** What the queue must be written up to for the thread to be woken. */
  private volatile long wakeAt = NEVER;

  /** Watches a connection's descriptor as well. */
  void begin(int fd) {
    poller.replace(connection, fd);
  }

  /** Watches no connection any more. */
  void end() {
    poller.replace(connection, NOTHING);
  }

  /**
   * Waits until the connection has something to read, the thread is woken, or the time is over.
   *
   * @param forRoom whether also until the connection can be written to
   */
  void await(long timeoutMs, boolean forRoom) {
    poller.wantWritable(connection, forRoom);
    poller.poll(Math.toIntExact(timeoutMs));
    if (poller.isReadable(woken)) {
      wakeup.clear();
    }
  }

  /**
   * As {@link #await}, or until the queue is written up to {@code position}. That is said before
   * the queue is looked at: who writes behind that sees it.
   */
  void awaitWritten(BlockQueue queue, long position, long timeoutMs) {
    wakeAt = position;
    try {
      if (!queue.isPublished(position)) {
        await(timeoutMs, false);
      }
    } finally {
      wakeAt = NEVER;
    }
  }

  /** Returns whether the connection had room the last time that was waited for. */
  boolean hasRoom() {
    return poller.isWritable(connection);
  }

  /**
   * Tells the thread what the queue is written up to. Cheap while it is at work, or sleeps until
   * there is more.
   */
  void written(long tail) {
    if (tail >= wakeAt) {
      wakeAt = NEVER;
      wakeup.signal();
    }
  }

  void wakeUp() {
    wakeup.signal();
  }

  /** Once neither thread uses it any more. */
  @Override
  public void close() {
    poller.close();
    wakeup.close();
  }
}
