package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The C functions that Podtap calls, one Java method each.
 *
 * <p>Every method takes the segment that receives errno and returns what the C function returns, or
 * {@code -errno} when it failed: nothing is thrown and, once compiled by C2, nothing is allocated.
 * A hot object owns its errno segment ({@link #allocateErrno}); other callers use their thread's
 * ({@link #errno}).
 *
 * <p>Handles that only some programs need stand in holder classes, linked on first use: linking
 * costs start-up time.
 */
final class Linux {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO =
      STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  private static final MethodHandle SOCKET =
      link("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      link("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      link(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKOPT =
      link(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle POLL =
      link("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

  private static final ThreadLocal<MemorySegment> THREAD_ERRNO =
      ThreadLocal.withInitial(() -> allocateErrno(Arena.ofAuto()));

  private Linux() {}

  /** Links a function of the C library that sets errno. */
  private static MethodHandle link(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, CAPTURE);
  }

  private static MethodHandle linkVariadic(
      String name, FunctionDescriptor descriptor, int fixedArguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        descriptor,
        CAPTURE,
        Linker.Option.firstVariadicArg(fixedArguments));
  }

  /** Returns memory for errno that an object keeps for its own calls. */
  static MemorySegment allocateErrno(Arena arena) {
    return arena.allocate(STATE);
  }

  /** Returns the calling thread's memory for errno. */
  static MemorySegment errno() {
    return THREAD_ERRNO.get();
  }

  private static int result(int returned, MemorySegment errno) {
    return returned >= 0 ? returned : -errno.get(JAVA_INT, ERRNO);
  }

  private static long result(long returned, MemorySegment errno) {
    return returned != -1 ? returned : -errno.get(JAVA_INT, ERRNO);
  }

  /** A linked handle throws nothing but what the virtual machine itself throws. */
  static RuntimeException unexpected(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      return exception;
    }
    return new IllegalStateException("a native call threw", failure);
  }

  /** {@code int socket(int domain, int type, int protocol)}. */
  static int socket(MemorySegment errno, int domain, int type, int protocol) {
    try {
      return result((int) SOCKET.invokeExact(errno, domain, type, protocol), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code int close(int fd)}. */
  static int close(MemorySegment errno, int fd) {
    try {
      return result((int) CLOSE.invokeExact(errno, fd), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code int bind(int fd, const struct sockaddr *address, socklen_t length)}. */
  static int bind(MemorySegment errno, int fd, MemorySegment address, int length) {
    try {
      return result((int) BIND.invokeExact(errno, fd, address, length), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code int connect(int fd, const struct sockaddr *address, socklen_t length)}. */
  static int connect(MemorySegment errno, int fd, MemorySegment address, int length) {
    try {
      return result((int) Connect.HANDLE.invokeExact(errno, fd, address, length), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Connect {
    static final MethodHandle HANDLE =
        link("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  }

  /** {@code int getsockname(int fd, struct sockaddr *address, socklen_t *length)}. */
  static int getsockname(MemorySegment errno, int fd, MemorySegment address, MemorySegment length) {
    try {
      return result((int) Getsockname.HANDLE.invokeExact(errno, fd, address, length), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Getsockname {
    static final MethodHandle HANDLE =
        link("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  }

  /** {@code int setsockopt(int fd, int level, int name, const void *value, socklen_t length)}. */
  static int setsockopt(
      MemorySegment errno, int fd, int level, int name, MemorySegment value, int length) {
    try {
      return result((int) SETSOCKOPT.invokeExact(errno, fd, level, name, value, length), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code int getsockopt(int fd, int level, int name, void *value, socklen_t *length)}. */
  static int getsockopt(
      MemorySegment errno, int fd, int level, int name, MemorySegment value, MemorySegment length) {
    try {
      return result((int) GETSOCKOPT.invokeExact(errno, fd, level, name, value, length), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code ssize_t sendmsg(int fd, const struct msghdr *message, int flags)}. */
  static long sendmsg(MemorySegment errno, int fd, MemorySegment message, int flags) {
    try {
      return result((long) Sendmsg.HANDLE.invokeExact(errno, fd, message, flags), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Sendmsg {
    static final MethodHandle HANDLE =
        link("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  }

  /**
   * {@code int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)}; the array is
   * given by address, since a part of it is a slice otherwise.
   */
  static int sendmmsg(MemorySegment errno, int fd, long messages, int count, int flags) {
    try {
      return result((int) Sendmmsg.HANDLE.invokeExact(errno, fd, messages, count, flags), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Sendmmsg {
    static final MethodHandle HANDLE =
        link("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
  }

  /**
   * {@code int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags, struct
   * timespec *timeout)}.
   */
  static int recvmmsg(
      MemorySegment errno,
      int fd,
      MemorySegment messages,
      int count,
      int flags,
      MemorySegment timeout) {
    try {
      return result(
          (int) Recvmmsg.HANDLE.invokeExact(errno, fd, messages, count, flags, timeout), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Recvmmsg {
    static final MethodHandle HANDLE =
        link(
            "recvmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
  }

  /** {@code int poll(struct pollfd *descriptors, nfds_t count, int timeout)}. */
  static int poll(MemorySegment errno, MemorySegment descriptors, long count, int timeoutMs) {
    try {
      return result((int) POLL.invokeExact(errno, descriptors, count, timeoutMs), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * {@code void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t
   * offset)}; the address, or {@code -errno}.
   */
  static long mmap(
      MemorySegment errno, long length, int protection, int flags, int fd, long offset) {
    try {
      return result(
          (long) Mmap.HANDLE.invokeExact(errno, 0L, length, protection, flags, fd, offset), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Mmap {
    static final MethodHandle HANDLE =
        link(
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  }

  /** {@code int munmap(void *address, size_t length)}. */
  static int munmap(MemorySegment errno, long address, long length) {
    try {
      return result((int) Munmap.HANDLE.invokeExact(errno, address, length), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Munmap {
    static final MethodHandle HANDLE =
        link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  }

  /** {@code int ioctl(int fd, unsigned long request, void *argument)}. */
  static int ioctl(MemorySegment errno, int fd, long request, MemorySegment argument) {
    try {
      return result((int) Ioctl.HANDLE.invokeExact(errno, fd, request, argument), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Ioctl {
    static final MethodHandle HANDLE =
        linkVariadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
  }

  /** {@code int getifaddrs(struct ifaddrs **list)}. */
  static int getifaddrs(MemorySegment errno, MemorySegment list) {
    try {
      return result((int) Getifaddrs.HANDLE.invokeExact(errno, list), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Getifaddrs {
    static final MethodHandle HANDLE = link("getifaddrs", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  }

  /** {@code void freeifaddrs(struct ifaddrs *list)}. */
  static void freeifaddrs(MemorySegment errno, MemorySegment list) {
    try {
      Freeifaddrs.HANDLE.invokeExact(errno, list);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Freeifaddrs {
    static final MethodHandle HANDLE = link("freeifaddrs", FunctionDescriptor.ofVoid(ADDRESS));
  }

  /** {@code int open(const char *path, int flags)}. */
  static int open(MemorySegment errno, MemorySegment path, int flags) {
    try {
      return result((int) Open.HANDLE.invokeExact(errno, path, flags), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Open {
    static final MethodHandle HANDLE =
        linkVariadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
  }

  /** {@code int setns(int fd, int kind)}. */
  static int setns(MemorySegment errno, int fd, int kind) {
    try {
      return result((int) Setns.HANDLE.invokeExact(errno, fd, kind), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Setns {
    static final MethodHandle HANDLE =
        link("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  }

  /** {@code int capset(cap_user_header_t header, const cap_user_data_t data)}. */
  static int capset(MemorySegment errno, MemorySegment header, MemorySegment data) {
    try {
      return result((int) Capset.HANDLE.invokeExact(errno, header, data), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Capset {
    static final MethodHandle HANDLE =
        link("capset", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  }

  /** {@code int prctl(int option, unsigned long...)}. */
  static int prctl(
      MemorySegment errno, int option, long second, long third, long fourth, long fifth) {
    try {
      return result(
          (int) Prctl.HANDLE.invokeExact(errno, option, second, third, fourth, fifth), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static final class Prctl {
    static final MethodHandle HANDLE =
        linkVariadic(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            1);
  }
}
