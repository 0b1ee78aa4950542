/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * What one thread wakes another with that waits in a {@link Poller}. Signals that nobody has taken
 * yet count as one. {@link #signal} is for one thread, all else for the other; neither allocates.
 *
 * @see "eventfd(2)"
 */
public final class Wakeup implements AutoCloseable {

  private static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;

  /** Open until {@link #close}. */
  private final Descriptor descriptor =
      new Descriptor(Linux.eventfd(Linux.errno(), 0, EFD_NONBLOCK_CLOEXEC), "eventfd(0)", "");

  private final int fd = descriptor.fd();
  private final MemorySegment signalErrno = Linux.allocateErrno(descriptor.arena());
  private final MemorySegment errno = descriptor.errno();
  private final MemorySegment one = descriptor.arena().allocateFrom(JAVA_LONG, 1);
  private final MemorySegment taken = descriptor.arena().allocate(JAVA_LONG);

  /** Returns the descriptor to wait for; it stays this object's. */
  public int fd() {
    return fd;
  }

  /** Makes the descriptor readable. */
  public void signal() {
    Linux.write(signalErrno, fd, one.address(), Long.BYTES);
  }

  /** Makes the descriptor wait for the next signal. */
  public void clear() {
    Linux.read(errno, fd, taken);
  }

  /** Gives the descriptor back, once nobody signals any more; a second call does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
