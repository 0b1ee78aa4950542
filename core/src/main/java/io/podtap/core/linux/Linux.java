/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
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
import java.lang.ref.Reference;

/**
 * The C functions that Podtap calls, one Java method each.
 *
 * <p>Every method takes the segment that receives errno and returns what the C function returns, or
 * {@code -errno} when it failed: nothing is thrown and, once compiled by C2, nothing is allocated.
 * A hot object owns its errno segment ({@link #allocateErrno}); other callers use their thread's
 * ({@link #errno}).
 *
 * <p>All functions but one are linked with one shape, six 64-bit integers: the calling conventions
 * of Linux pass integers and pointers alike in registers, a function does not look at those it has
 * no parameter for, and at the low half alone where it takes an {@code int}. The virtual machine
 * makes code for a shape once, which is most of what linking costs a sidecar at its start.
 */
final class Linux {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO =
      STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final MethodHandle SOCKET = link("socket");
  private static final MethodHandle CLOSE = link("close");
  private static final MethodHandle BIND = link("bind");
  private static final MethodHandle CONNECT = link("connect");
  private static final MethodHandle GETSOCKNAME = link("getsockname");
  private static final MethodHandle SETSOCKOPT = link("setsockopt");
  private static final MethodHandle GETSOCKOPT = link("getsockopt");
  private static final MethodHandle SENDMSG = link("sendmsg");
  private static final MethodHandle SENDMMSG = link("sendmmsg");
  private static final MethodHandle RECVMMSG = link("recvmmsg");
  private static final MethodHandle POLL = link("poll");
  private static final MethodHandle MMAP = link("mmap");
  private static final MethodHandle MUNMAP = link("munmap");
  private static final MethodHandle IOCTL = link("ioctl");
  private static final MethodHandle GETIFADDRS = link("getifaddrs");
  private static final MethodHandle FREEIFADDRS = link("freeifaddrs");
  private static final MethodHandle OPEN = link("open");
  private static final MethodHandle SETNS = link("setns");
  private static final MethodHandle CAPSET = link("capset");
  private static final MethodHandle PRCTL = link("prctl");

  private static final ThreadLocal<MemorySegment> THREAD_ERRNO =
      ThreadLocal.withInitial(() -> allocateErrno(Arena.ofAuto()));

  private Linux() {}

  /** Links a function of the C library that sets errno. */
  private static MethodHandle link(String name) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), SHAPE, CAPTURE);
  }

  /** Returns memory for errno that an object keeps for its own calls. */
  static MemorySegment allocateErrno(Arena arena) {
    return arena.allocate(STATE);
  }

  /** Returns the calling thread's memory for errno. */
  static MemorySegment errno() {
    return THREAD_ERRNO.get();
  }

  /**
   * Calls a function on the way in or out of a program. Functions of the hot path call their own
   * handle, which the compiler knows as a constant there, whatever it decides to inline.
   */
  private static long call(
      MethodHandle function,
      MemorySegment errno,
      long first,
      long second,
      long third,
      long fourth,
      long fifth,
      long sixth) {
    try {
      return (long) function.invokeExact(errno, first, second, third, fourth, fifth, sixth);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Calls a function that returns an {@code int}: its result, or {@code -errno}. */
  private static int callInt(
      MethodHandle function,
      MemorySegment errno,
      long first,
      long second,
      long third,
      long fourth,
      long fifth) {
    return intResult(call(function, errno, first, second, third, fourth, fifth, 0), errno);
  }

  /** Calls a function that returns a {@code long} or an address: its result, or {@code -errno}. */
  private static long callLong(
      MethodHandle function,
      MemorySegment errno,
      long first,
      long second,
      long third,
      long fourth,
      long fifth,
      long sixth) {
    return longResult(call(function, errno, first, second, third, fourth, fifth, sixth), errno);
  }

  /** Only the low half of the register is an {@code int}. */
  private static int intResult(long register, MemorySegment errno) {
    int returned = (int) register;
    return returned >= 0 ? returned : -errno.get(JAVA_INT, ERRNO);
  }

  private static long longResult(long returned, MemorySegment errno) {
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
    return callInt(SOCKET, errno, domain, type, protocol, 0, 0);
  }

  /** {@code int close(int fd)}. */
  static int close(MemorySegment errno, int fd) {
    return callInt(CLOSE, errno, fd, 0, 0, 0, 0);
  }

  /** {@code int bind(int fd, const struct sockaddr *address, socklen_t length)}. */
  static int bind(MemorySegment errno, int fd, MemorySegment address, int length) {
    try {
      return callInt(BIND, errno, fd, address.address(), length, 0, 0);
    } finally {
      Reference.reachabilityFence(address);
    }
  }

  /** {@code int connect(int fd, const struct sockaddr *address, socklen_t length)}. */
  static int connect(MemorySegment errno, int fd, MemorySegment address, int length) {
    try {
      return callInt(CONNECT, errno, fd, address.address(), length, 0, 0);
    } finally {
      Reference.reachabilityFence(address);
    }
  }

  /** {@code int getsockname(int fd, struct sockaddr *address, socklen_t *length)}. */
  static int getsockname(MemorySegment errno, int fd, MemorySegment address, MemorySegment length) {
    try {
      return callInt(GETSOCKNAME, errno, fd, address.address(), length.address(), 0, 0);
    } finally {
      Reference.reachabilityFence(address);
      Reference.reachabilityFence(length);
    }
  }

  /** {@code int setsockopt(int fd, int level, int name, const void *value, socklen_t length)}. */
  static int setsockopt(
      MemorySegment errno, int fd, int level, int name, MemorySegment value, int length) {
    try {
      return callInt(SETSOCKOPT, errno, fd, level, name, value.address(), length);
    } finally {
      Reference.reachabilityFence(value);
    }
  }

  /** {@code int getsockopt(int fd, int level, int name, void *value, socklen_t *length)}. */
  static int getsockopt(
      MemorySegment errno, int fd, int level, int name, MemorySegment value, MemorySegment length) {
    try {
      return callInt(GETSOCKOPT, errno, fd, level, name, value.address(), length.address());
    } finally {
      Reference.reachabilityFence(value);
      Reference.reachabilityFence(length);
    }
  }

  /** {@code ssize_t sendmsg(int fd, const struct msghdr *message, int flags)}. */
  static long sendmsg(MemorySegment errno, int fd, MemorySegment message, int flags) {
    try {
      return longResult(
          (long) SENDMSG.invokeExact(errno, (long) fd, message.address(), (long) flags, 0L, 0L, 0L),
          errno);
    } catch (Throwable e) {
      throw unexpected(e);
    } finally {
      Reference.reachabilityFence(message);
    }
  }

  /**
   * {@code int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)}; the array is
   * given by address, since a part of it is a slice otherwise.
   */
  static int sendmmsg(MemorySegment errno, int fd, long messages, int count, int flags) {
    try {
      return intResult(
          (long)
              SENDMMSG.invokeExact(errno, (long) fd, messages, (long) count, (long) flags, 0L, 0L),
          errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
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
      return intResult(
          (long)
              RECVMMSG.invokeExact(
                  errno,
                  (long) fd,
                  messages.address(),
                  (long) count,
                  (long) flags,
                  timeout.address(),
                  0L),
          errno);
    } catch (Throwable e) {
      throw unexpected(e);
    } finally {
      Reference.reachabilityFence(messages);
      Reference.reachabilityFence(timeout);
    }
  }

  /** {@code int poll(struct pollfd *descriptors, nfds_t count, int timeout)}. */
  static int poll(MemorySegment errno, MemorySegment descriptors, long count, int timeoutMs) {
    try {
      return intResult(
          (long)
              POLL.invokeExact(errno, descriptors.address(), count, (long) timeoutMs, 0L, 0L, 0L),
          errno);
    } catch (Throwable e) {
      throw unexpected(e);
    } finally {
      Reference.reachabilityFence(descriptors);
    }
  }

  /**
   * {@code void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t
   * offset)}; the address, or {@code -errno}.
   */
  static long mmap(
      MemorySegment errno, long length, int protection, int flags, int fd, long offset) {
    return callLong(MMAP, errno, 0, length, protection, flags, fd, offset);
  }

  /** {@code int munmap(void *address, size_t length)}. */
  static int munmap(MemorySegment errno, long address, long length) {
    return callInt(MUNMAP, errno, address, length, 0, 0, 0);
  }

  /** {@code int ioctl(int fd, unsigned long request, void *argument)}. */
  static int ioctl(MemorySegment errno, int fd, long request, MemorySegment argument) {
    try {
      return callInt(IOCTL, errno, fd, request, argument.address(), 0, 0);
    } finally {
      Reference.reachabilityFence(argument);
    }
  }

  /** {@code int getifaddrs(struct ifaddrs **list)}. */
  static int getifaddrs(MemorySegment errno, MemorySegment list) {
    try {
      return callInt(GETIFADDRS, errno, list.address(), 0, 0, 0, 0);
    } finally {
      Reference.reachabilityFence(list);
    }
  }

  /** {@code void freeifaddrs(struct ifaddrs *list)}. */
  static void freeifaddrs(MemorySegment errno, MemorySegment list) {
    try {
      call(FREEIFADDRS, errno, list.address(), 0, 0, 0, 0, 0);
    } finally {
      Reference.reachabilityFence(list);
    }
  }

  /** {@code int open(const char *path, int flags)}. */
  static int open(MemorySegment errno, MemorySegment path, int flags) {
    try {
      return callInt(OPEN, errno, path.address(), flags, 0, 0, 0);
    } finally {
      Reference.reachabilityFence(path);
    }
  }

  /** Linked when it is first needed: a tap does not write to files. */
  private static final class Writing {
    static final MethodHandle WRITE = link("write");
  }

  /**
   * {@code ssize_t write(int fd, const void *bytes, size_t count)}; the memory is given by address,
   * since a part of it is a slice otherwise.
   */
  static long write(MemorySegment errno, int fd, long address, long count) {
    try {
      return longResult(
          (long) Writing.WRITE.invokeExact(errno, (long) fd, address, count, 0L, 0L, 0L), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Linked when they are first needed: a tap that sends datagrams has no connections. */
  private static final class Connections {

    /**
     * The third parameter may be an array, which stays where it is meanwhile: no collection of
     * garbage, nor anything else that stops all threads, begins before such a call has returned.
     */
    static final MethodHandle SEND =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("send"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
            CAPTURE,
            Linker.Option.critical(true));

    static final MethodHandle RECV = link("recv");
    static final MethodHandle SHUTDOWN = link("shutdown");
    static final MethodHandle EVENTFD = link("eventfd");
    static final MethodHandle READ = link("read");
  }

  /**
   * {@code ssize_t send(int fd, const void *bytes, size_t length, int flags)}; must not block.
   *
   * @param bytes an array, too
   */
  static long send(MemorySegment errno, int fd, MemorySegment bytes, long length, int flags) {
    try {
      return longResult(
          (long) Connections.SEND.invokeExact(errno, (long) fd, bytes, length, (long) flags),
          errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** {@code ssize_t recv(int fd, void *bytes, size_t length, int flags)}. */
  static long recv(MemorySegment errno, int fd, MemorySegment bytes, int flags) {
    try {
      return callLong(Connections.RECV, errno, fd, bytes.address(), bytes.byteSize(), flags, 0, 0);
    } finally {
      Reference.reachabilityFence(bytes);
    }
  }

  /** {@code int shutdown(int fd, int how)}. */
  static int shutdown(MemorySegment errno, int fd, int how) {
    return callInt(Connections.SHUTDOWN, errno, fd, how, 0, 0, 0);
  }

  /** {@code int eventfd(unsigned initial, int flags)}. */
  static int eventfd(MemorySegment errno, int initial, int flags) {
    return callInt(Connections.EVENTFD, errno, initial, flags, 0, 0, 0);
  }

  /** {@code ssize_t read(int fd, void *bytes, size_t count)}. */
  static long read(MemorySegment errno, int fd, MemorySegment bytes) {
    try {
      return callLong(Connections.READ, errno, fd, bytes.address(), bytes.byteSize(), 0, 0, 0);
    } finally {
      Reference.reachabilityFence(bytes);
    }
  }

  /** {@code int setns(int fd, int kind)}. */
  static int setns(MemorySegment errno, int fd, int kind) {
    return callInt(SETNS, errno, fd, kind, 0, 0, 0);
  }

  /** {@code int capset(cap_user_header_t header, const cap_user_data_t data)}. */
  static int capset(MemorySegment errno, MemorySegment header, MemorySegment data) {
    try {
      return callInt(CAPSET, errno, header.address(), data.address(), 0, 0, 0);
    } finally {
      Reference.reachabilityFence(header);
      Reference.reachabilityFence(data);
    }
  }

  /** {@code int prctl(int option, unsigned long...)}. */
  static int prctl(
      MemorySegment errno, int option, long second, long third, long fourth, long fifth) {
    return callInt(PRCTL, errno, option, second, third, fourth, fifth);
  }
}
