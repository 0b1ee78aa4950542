/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A network interface whose incoming frames come from here: what is written to it is seen by
 * whoever captures from it. Ethernet; up, without ARP, and without IPv6 where {@code /proc/sys} can
 * be written, so that the host does not answer what it sees. Gone when it is closed. One thread.
 *
 * @see "linux/if_tun.h (TUNSETIFF); netdevice(7); Documentation/networking/tuntap.rst"
 */
public final class TapDevice implements AutoCloseable {

  /** Characters of an interface's name at most, {@code IFNAMSIZ - 1}. */
  public static final int NAME_LENGTH_MAX = 15;

  private static final String CLONE_DEVICE = "/dev/net/tun";
  private static final int O_RDWR_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
  private static final long TUNSETIFF = 0x4004_54CAL;
  private static final short IFF_TAP_NO_PI = 0x0002 | 0x1000;
  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCSIFMTU = 0x8922;
  private static final short IFF_UP_NOARP = 0x1 | 0x80;
  private static final int REQUEST_LENGTH = 40;
  private static final int REQUEST_VALUE = 16;

  private final String name;
  private final Descriptor descriptor;
  private final int fd;
  private final MemorySegment errno;

  private TapDevice(String name) {
    this.name = name;
    descriptor = Descriptor.open(CLONE_DEVICE, O_RDWR_NONBLOCK_CLOEXEC);
    fd = descriptor.fd();
    errno = descriptor.errno();
  }

  /**
   * Makes the interface in the calling thread's network namespace, or takes over one that was made
   * to last and that nobody holds.
   *
   * @param mtu what the interface says of itself; longer frames pass as well
   * @throws LinuxException when the device file is not there, the name is taken, or {@code
   *     CAP_NET_ADMIN} is not held
   */
  public static TapDevice open(String name, int mtu) {
    TapDevice device = new TapDevice(name);
    try {
      device.attach();
      device.silenceIpv6();
      device.configure(mtu);
      return device;
    } catch (LinuxException e) {
      device.close();
      throw e;
    }
  }

  private MemorySegment request() {
    MemorySegment request = descriptor.arena().allocate(REQUEST_LENGTH, 8);
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, Math.min(bytes.length, NAME_LENGTH_MAX));
    return request;
  }

  private void attach() {
    MemorySegment request = request();
    request.set(JAVA_SHORT, REQUEST_VALUE, IFF_TAP_NO_PI);
    int result = Linux.ioctl(errno, fd, TUNSETIFF, request);
    if (result < 0) {
      throw new LinuxException("TUNSETIFF " + name, -result, "CAP_NET_ADMIN");
    }
  }

  /** Without this the kernel greets its neighbours through the new interface; nothing is lost. */
  private void silenceIpv6() {
    try {
      Files.writeString(Path.of("/proc/sys/net/ipv6/conf", name, "disable_ipv6"), "1");
    } catch (IOException e) {
      // /proc/sys is read-only in most containers, and the kernel may have no IPv6
    }
  }

  private void configure(int mtu) {
    try (Descriptor socket =
        SocketAddress.open(/* ipv6= */ false, UdpSocket.SOCK_DGRAM_CLOEXEC, "SOCK_DGRAM")) {
      MemorySegment request = request();
      request.set(JAVA_INT, REQUEST_VALUE, mtu);
      configure(socket, SIOCSIFMTU, "SIOCSIFMTU " + mtu, request);
      request.set(JAVA_INT, REQUEST_VALUE, 0);
      configure(socket, SIOCGIFFLAGS, "SIOCGIFFLAGS", request);
      int flags = request.get(JAVA_SHORT, REQUEST_VALUE) | IFF_UP_NOARP;
      request.set(JAVA_SHORT, REQUEST_VALUE, (short) flags);
      configure(socket, SIOCSIFFLAGS, "SIOCSIFFLAGS", request);
    }
  }

  private void configure(Descriptor socket, long what, String call, MemorySegment request) {
    int result = Linux.ioctl(errno, socket.fd(), what, request);
    if (result < 0) {
      throw new LinuxException(call + " " + name, -result, "CAP_NET_ADMIN");
    }
  }

  /**
   * Lets a frame come in; never blocks, never throws.
   *
   * @param buffer native memory, the caller's
   * @return 0, or a positive errno
   */
  public int write(MemorySegment buffer, long offset, int length) {
    try {
      long result = Linux.write(errno, fd, buffer.address() + offset, length);
      return result < 0 ? (int) -result : 0;
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  /** Returns the interface's name. */
  public String name() {
    return name;
  }

  /** Removes the interface; a second call does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
