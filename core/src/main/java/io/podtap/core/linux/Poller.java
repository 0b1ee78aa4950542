/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Waits until one of several descriptors can be read, or written to where that is wanted ({@code
 * poll}). No allocation per wait. One thread.
 */
public final class Poller implements AutoCloseable {

  /** {@code struct pollfd}: descriptor:32 wanted:16 got:16. */
  private static final int ENTRY_LENGTH = 8;

  private static final int WANTED = 4;
  private static final int GOT = 6;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;
  private static final short POLLERR = 8;
  private static final short POLLHUP = 16;
  private static final short POLLNVAL = 32;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = Linux.allocateErrno(arena);
  private final MemorySegment entries;
  private int count;

  /** Reserves room for {@code capacity} descriptors. */
  public Poller(int capacity) {
    entries = arena.allocate((long) capacity * ENTRY_LENGTH, 8);
  }

  /** Adds a descriptor to wait for; returns its index, counted from zero. */
  public int add(int fd) {
    int index = count;
    count++;
    entries.set(JAVA_SHORT_UNALIGNED, (long) index * ENTRY_LENGTH + WANTED, POLLIN);
    replace(index, fd);
    return index;
  }

  /** Puts another descriptor in the place of one; -1 for none. */
  public void replace(int index, int fd) {
    entries.set(JAVA_INT_UNALIGNED, (long) index * ENTRY_LENGTH, fd);
    entries.set(JAVA_SHORT_UNALIGNED, (long) index * ENTRY_LENGTH + GOT, (short) 0);
  }

  /** Waits for room to write to the descriptor as well, or no longer. */
  public void wantWritable(int index, boolean wanted) {
    entries.set(
        JAVA_SHORT_UNALIGNED,
        (long) index * ENTRY_LENGTH + WANTED,
        wanted ? (short) (POLLIN | POLLOUT) : POLLIN);
  }

  /**
   * Waits.
   *
   * @param timeoutMs at most so long; 0 looks only, -1 waits for ever
   * @return how many descriptors have something; 0 on timeout or a signal
   */
  public int poll(int timeoutMs) {
    int result = Linux.poll(errno, entries, count, timeoutMs);
    if (result < 0) {
      if (result == -Errno.EINTR) {
        return 0;
      }
      throw new LinuxException("poll(" + count + " descriptors)", -result);
    }
    return result;
  }

  /** Returns whether the descriptor had something to read at the last {@link #poll}. */
  public boolean isReadable(int index) {
    return (got(index) & POLLIN) != 0;
  }

  /** Returns whether the descriptor could be written to at the last {@link #poll}, if asked. */
  public boolean isWritable(int index) {
    return (got(index) & POLLOUT) != 0;
  }

  /** Returns whether the descriptor had an error at the last {@link #poll}. */
  public boolean hasError(int index) {
    return (got(index) & (POLLERR | POLLHUP | POLLNVAL)) != 0;
  }

  private int got(int index) {
    return entries.get(JAVA_SHORT_UNALIGNED, (long) index * ENTRY_LENGTH + GOT);
  }

  /** Gives the memory back; the descriptors stay their owners'. */
  @Override
  public void close() {
    arena.close();
  }
}
