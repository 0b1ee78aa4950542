/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * libpcap, for its compiler of filter expressions only. Loaded on first use.
 *
 * @see "pcap_compile(3PCAP), pcap_open_dead(3PCAP)"
 */
public final class Libpcap {

  private static final String[] LIBRARIES = {"libpcap.so.1", "libpcap.so.0.8"};
  private static final int NETMASK_UNKNOWN = -1;
  private static final int ERROR_TEXT_LENGTH = 256;
  private static final long TEXT_LENGTH_MAX = 4_096;
  private static final int PROGRAM_LENGTH = 16;
  private static final int PROGRAM_CODE = 8;
  private static final int INSTRUCTION_LENGTH = 8;

  /** Memory of the capture that only lends its compiler; the smallest that libpcap accepts. */
  private static final int LIVE_BUFFER_BYTES = 1 << 20;

  private static final int LIVE_SNAPLEN = 64;

  private Libpcap() {}

  /** An expression that cannot be compiled, or no library to compile it with. */
  public static final class CompileException extends Exception {

    private static final long serialVersionUID = 1;

    private CompileException(String message) {
      super(message);
    }
  }

  /**
   * Compiles for frames of a kind.
   *
   * @param expression in the language of pcap-filter(7)
   * @param dataLinkType a {@code DLT_} number
   * @param snaplen what the program returns for a frame that passes
   * @return instructions, coded as {@link ClassicBpf} says
   */
  public static long[] compile(String expression, int dataLinkType, int snaplen)
      throws CompileException {
    requireLibrary();
    MemorySegment handle = Functions.openDead(dataLinkType, snaplen);
    if (handle.equals(MemorySegment.NULL)) {
      throw new CompileException("pcap_open_dead failed");
    }
    try {
      return compile(handle, expression);
    } finally {
      Functions.close(handle);
    }
  }

  /**
   * Compiles for a live interface: the program may ask the kernel for what does not stand in the
   * frame's bytes, above all the VLAN tag. Opens a capture on the interface for the moment.
   */
  public static long[] compileLive(String expression, String device) throws CompileException {
    requireLibrary();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment error = arena.allocate(ERROR_TEXT_LENGTH);
      MemorySegment handle = Functions.create(arena.allocateFrom(device), error);
      if (handle.equals(MemorySegment.NULL)) {
        throw new CompileException(error.getString(0));
      }
      try {
        Functions.setSnaplen(handle, LIVE_SNAPLEN);
        Functions.setBufferSize(handle, LIVE_BUFFER_BYTES);
        if (Functions.activate(handle) < 0) {
          throw new CompileException(device + ": " + errorText(handle));
        }
        return compile(handle, expression);
      } finally {
        Functions.close(handle);
      }
    }
  }

  private static long[] compile(MemorySegment handle, String expression) throws CompileException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment program = arena.allocate(PROGRAM_LENGTH, 8);
      if (Functions.compile(handle, program, arena.allocateFrom(expression)) < 0) {
        throw new CompileException(errorText(handle));
      }
      try {
        int count = program.get(JAVA_INT, 0);
        MemorySegment code =
            program.get(ADDRESS, PROGRAM_CODE).reinterpret((long) count * INSTRUCTION_LENGTH);
        long[] instructions = new long[count];
        for (int i = 0; i < count; i++) {
          long at = (long) i * INSTRUCTION_LENGTH;
          instructions[i] =
              Short.toUnsignedLong(code.get(JAVA_SHORT, at))
                  | Byte.toUnsignedLong(code.get(JAVA_BYTE, at + 2)) << 16
                  | Byte.toUnsignedLong(code.get(JAVA_BYTE, at + 3)) << 24
                  | (long) code.get(JAVA_INT, at + 4) << 32;
        }
        return instructions;
      } finally {
        Functions.freeCode(program);
      }
    }
  }

  private static String errorText(MemorySegment handle) {
    return Functions.errorText(handle).reinterpret(TEXT_LENGTH_MAX).getString(0);
  }

  /** Returns whether the library is installed. */
  public static boolean isAvailable() {
    return Library.LOOKUP.isPresent();
  }

  private static void requireLibrary() throws CompileException {
    if (Library.LOOKUP.isEmpty()) {
      throw new CompileException(
          "needs libpcap (libpcap.so.1), which is not installed; install the package libpcap0.8");
    }
  }

  /** Looks the library up once, under the names that distributions give it. */
  private static final class Library {

    static final Optional<SymbolLookup> LOOKUP = lookup();

    private static Optional<SymbolLookup> lookup() {
      for (String name : LIBRARIES) {
        try {
          return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException _) {
          // not under this name
        }
      }
      return Optional.empty();
    }
  }

  /** The library's functions, one method each; touched only when the library is there. */
  private static final class Functions {

    private static final MethodHandle OPEN_DEAD =
        link("pcap_open_dead", FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle CREATE =
        link("pcap_create", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle SET_SNAPLEN =
        link("pcap_set_snaplen", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SET_BUFFER_SIZE =
        link("pcap_set_buffer_size", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle ACTIVATE =
        link("pcap_activate", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle COMPILE =
        link(
            "pcap_compile",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle FREE_CODE =
        link("pcap_freecode", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle ERROR_TEXT =
        link("pcap_geterr", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle CLOSE =
        link("pcap_close", FunctionDescriptor.ofVoid(ADDRESS));

    private static MethodHandle link(String name, FunctionDescriptor descriptor) {
      return Linker.nativeLinker()
          .downcallHandle(Library.LOOKUP.orElseThrow().findOrThrow(name), descriptor);
    }

    /** {@code pcap_t *pcap_open_dead(int link, int snaplen)}. */
    static MemorySegment openDead(int dataLinkType, int snaplen) {
      try {
        return (MemorySegment) OPEN_DEAD.invokeExact(dataLinkType, snaplen);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }

    /** {@code pcap_t *pcap_create(const char *device, char *error)}. */
    static MemorySegment create(MemorySegment device, MemorySegment error) {
      try {
        return (MemorySegment) CREATE.invokeExact(device, error);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }

    /** {@code int pcap_set_snaplen(pcap_t *, int)}. */
    static int setSnaplen(MemorySegment handle, int snaplen) {
      try {
        return (int) SET_SNAPLEN.invokeExact(handle, snaplen);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }

    /** {@code int pcap_set_buffer_size(pcap_t *, int)}. */
    static int setBufferSize(MemorySegment handle, int bytes) {
      try {
        return (int) SET_BUFFER_SIZE.invokeExact(handle, bytes);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }

    /** {@code int pcap_activate(pcap_t *)}. */
    static int activate(MemorySegment handle) {
      try {
        return (int) ACTIVATE.invokeExact(handle);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }

    /**
     * {@code int pcap_compile(pcap_t *, struct bpf_program *, const char *, int optimize,
     * bpf_u_int32 mask)}.
     */
    static int compile(MemorySegment handle, MemorySegment program, MemorySegment text) {
      try {
        return (int) COMPILE.invokeExact(handle, program, text, 1, NETMASK_UNKNOWN);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }

    /** {@code void pcap_freecode(struct bpf_program *)}. */
    static void freeCode(MemorySegment program) {
      try {
        FREE_CODE.invokeExact(program);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }

    /** {@code char *pcap_geterr(pcap_t *)}. */
    static MemorySegment errorText(MemorySegment handle) {
      try {
        return (MemorySegment) ERROR_TEXT.invokeExact(handle);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }

    /** {@code void pcap_close(pcap_t *)}. */
    static void close(MemorySegment handle) {
      try {
        CLOSE.invokeExact(handle);
      } catch (Throwable e) {
        throw Linux.unexpected(e);
      }
    }
  }
}
