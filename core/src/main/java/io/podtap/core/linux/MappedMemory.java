/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that costs nothing before it is used. {@link Arena#allocate} fills with zeros and so makes
 * every page resident; the kernel gives the pages of a mapping at their first touch.
 *
 * @see "mmap(2), MAP_ANONYMOUS"
 */
public final class MappedMemory {

  static final int PROT_READ_WRITE = 3;
  static final int MAP_SHARED = 0x01;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;
  private static final int NO_FD = -1;

  private MappedMemory() {}

  /**
   * Maps {@code bytes} of zeros, at the start of a page; unmapped when {@code arena} closes.
   *
   * @throws LinuxException {@code ENOMEM}
   */
  public static MemorySegment allocate(Arena arena, long bytes) {
    return map(Linux.errno(), arena, bytes, MAP_PRIVATE_ANONYMOUS, NO_FD);
  }

  /** Maps {@code bytes} of {@code fd}, readable and writable. */
  static MemorySegment map(MemorySegment errno, Arena arena, long bytes, int flags, int fd) {
    long address = Linux.mmap(errno, bytes, PROT_READ_WRITE, flags, fd, 0);
    if (address < 0) {
      throw new LinuxException("mmap(" + bytes + " bytes)", (int) -address);
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(bytes, arena, mapped -> unmap(mapped.address(), bytes));
  }

  private static void unmap(long address, long bytes) {
    Linux.munmap(Linux.errno(), address, bytes);
  }
}
