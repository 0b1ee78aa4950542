/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An open descriptor and the memory that calls with it need; both are given back together. One
 * thread closes it, when no other uses it any more.
 */
final class Descriptor implements AutoCloseable {

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = Linux.allocateErrno(arena);
  private final int fd;
  private boolean closed;

  /**
   * Takes what a call has opened.
   *
   * @param result of the call: a descriptor, or {@code -errno}
   * @param call name and arguments, for the message
   * @param capability what to grant when the kernel does not permit it, or an empty text
   * @throws LinuxException when it is no descriptor
   */
  Descriptor(int result, String call, String capability) {
    if (result < 0) {
      arena.close();
      throw new LinuxException(call, -result, capability);
    }
    fd = result;
    OpenDescriptors.opened(this, call);
  }

  /** Opens a file. */
  static Descriptor open(String path, int flags) {
    try (Arena call = Arena.ofConfined()) {
      int result = Linux.open(Linux.errno(), call.allocateFrom(path), flags);
      return new Descriptor(result, "open(" + path + ")", "");
    }
  }

  int fd() {
    return fd;
  }

  /** Returns memory for errno, for calls of one thread. */
  MemorySegment errno() {
    return errno;
  }

  /** Returns the arena that is closed with the descriptor, after it. */
  Arena arena() {
    return arena;
  }

  /** A second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      OpenDescriptors.closed(this);
      Linux.close(errno, fd);
      arena.close();
    }
  }
}
