/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Hands classic BPF programs to the kernel.
 *
 * <p>An instruction is a {@code long}, the little-endian image of {@code struct sock_filter}: code
 * in bits 0 to 15, jump when true in 16 to 23, jump when false in 24 to 31, operand in 32 to 63.
 */
final class ClassicBpf {

  /** {@code ret #0}: a program of this alone lets nothing pass. */
  static final long RETURN_NOTHING = 0x06;

  private static final int INSTRUCTION_LENGTH = 8;

  private ClassicBpf() {}

  /** Puts the program in the place of the socket's present one, atomically. */
  static void attach(int fd, long[] instructions) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate((long) instructions.length * INSTRUCTION_LENGTH, 8);
      for (int i = 0; i < instructions.length; i++) {
        long at = (long) i * INSTRUCTION_LENGTH;
        code.set(JAVA_SHORT, at, (short) instructions[i]);
        code.set(JAVA_BYTE, at + 2, (byte) (instructions[i] >>> 16));
        code.set(JAVA_BYTE, at + 3, (byte) (instructions[i] >>> 24));
        code.set(JAVA_INT, at + 4, (int) (instructions[i] >>> 32));
      }
      MemorySegment program = arena.allocate(16, 8);
      program.set(JAVA_SHORT, 0, (short) instructions.length);
      program.set(JAVA_LONG, 8, code.address());
      int errno =
          SocketOptions.set(
              fd, SocketOptions.SOL_SOCKET, SocketOptions.SO_ATTACH_FILTER, program, 16);
      if (errno != 0) {
        throw new LinuxException(
            "setsockopt(SO_ATTACH_FILTER, " + instructions.length + " instructions)", errno);
      }
    }
  }
}
