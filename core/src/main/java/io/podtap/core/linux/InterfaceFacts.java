/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.podtap.core.packet.Ethernet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known about one network interface at the moment of asking, in the calling thread's
 * network namespace.
 *
 * @param index the kernel's number, new each time an interface is made
 * @param mtu bytes of an IP packet at most; 0 when it is just going away
 * @param hardwareAddress the Ethernet address in the low 48 bits, or 0
 * @param hardwareType {@code ARPHRD_}: 1 Ethernet, 772 loopback, 65,534 none
 * @param up whether it is administratively up
 * @param addresses IPv4 and IPv6
 * @see "getifaddrs(3), netdevice(7); linux/if_arp.h"
 */
public record InterfaceFacts(
    String name,
    int index,
    int mtu,
    long hardwareAddress,
    int hardwareType,
    boolean up,
    List<InetAddress> addresses) {

  public static final int HARDWARE_ETHERNET = 1;
  public static final int HARDWARE_LOOPBACK = 772;
  public static final int HARDWARE_NONE = 0xFFFE;

  private static final int HARDWARE_TUNNEL = 768;
  private static final int HARDWARE_TUNNEL6 = 769;
  private static final int HARDWARE_SIT = 776;
  private static final int HARDWARE_RAW_IP = 519;

  private static final int FLAG_UP = 1;
  private static final long SIOCGIFMTU = 0x8921;
  private static final long SIOCGIFHWADDR = 0x8927;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final int REQUEST_LENGTH = 40;
  private static final int NAME_LENGTH = 16;

  /** {@code struct ifaddrs}: next, name, flags, address, and more that is not read. */
  private static final int LIST_ENTRY_LENGTH = 56;

  private static final int ENTRY_NAME = 8;
  private static final int ENTRY_FLAGS = 16;
  private static final int ENTRY_ADDRESS = 24;

  public InterfaceFacts {
    addresses = List.copyOf(addresses);
  }

  /** Returns the interface of that name, when there is one. */
  public static Optional<InterfaceFacts> find(String name) {
    return Optional.ofNullable(all().get(name));
  }

  /** Returns every interface by name, in the kernel's order. */
  public static Map<String, InterfaceFacts> all() {
    MemorySegment errno = Linux.errno();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment head = arena.allocate(JAVA_LONG);
      int result = Linux.getifaddrs(errno, head);
      if (result < 0) {
        throw new LinuxException("getifaddrs()", -result);
      }
      MemorySegment list = pointer(head, 0);
      try {
        return read(list);
      } finally {
        Linux.freeifaddrs(errno, list);
      }
    }
  }

  /**
   * The list names every interface once without an address or with one of AF_PACKET (devices
   * without a hardware address have none), then once for each IP address.
   */
  private static Map<String, InterfaceFacts> read(MemorySegment list) {
    Map<String, Integer> flags = new LinkedHashMap<>();
    Map<String, List<InetAddress>> addresses = new LinkedHashMap<>();
    for (MemorySegment at = list; at.address() != 0; ) {
      MemorySegment entry = at.reinterpret(LIST_ENTRY_LENGTH);
      String name = pointer(entry, ENTRY_NAME).reinterpret(NAME_LENGTH).getString(0);
      flags.putIfAbsent(name, entry.get(JAVA_INT, ENTRY_FLAGS));
      MemorySegment address = pointer(entry, ENTRY_ADDRESS);
      if (address.address() != 0) {
        address = address.reinterpret(SocketAddress.LENGTH_MAX);
        switch (address.get(JAVA_SHORT, 0)) {
          case SocketAddress.AF_INET -> add(addresses, name, address.asSlice(4, 4));
          case SocketAddress.AF_INET6 -> add(addresses, name, address.asSlice(8, 16));
          default -> {}
        }
      }
      at = pointer(entry, 0);
    }
    Map<String, InterfaceFacts> links = new LinkedHashMap<>();
    flags.forEach((name, flag) ->
        link(name, flag, addresses.getOrDefault(name, List.of()))
            .ifPresent(facts -> links.put(name, facts)));
    return links;
  }

  /**
   * Read as a number: a layout of addresses is a second method handle that every start waits for.
   */
  private static MemorySegment pointer(MemorySegment segment, long offset) {
    return MemorySegment.ofAddress(segment.get(JAVA_LONG, offset));
  }

  private static void add(
      Map<String, List<InetAddress>> addresses, String name, MemorySegment bytes) {
    try {
      addresses
          .computeIfAbsent(name, key -> new ArrayList<>())
          .add(InetAddress.getByAddress(bytes.toArray(JAVA_BYTE)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four or sixteen bytes are an address", e);
    }
  }

  /** Asks for what the list does not say; empty when the interface has gone meanwhile. */
  private static Optional<InterfaceFacts> link(
      String name, int flags, List<InetAddress> addresses) {
    MemorySegment errno = Linux.errno();
    int fd = Linux.socket(errno, SocketAddress.AF_INET, UdpSocket.SOCK_DGRAM_CLOEXEC, 0);
    if (fd < 0) {
      throw new LinuxException("socket(AF_INET, SOCK_DGRAM)", -fd);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(REQUEST_LENGTH, 8);
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, Math.min(bytes.length, NAME_LENGTH - 1));
      if (Linux.ioctl(errno, fd, SIOCGIFINDEX, request) < 0) {
        return Optional.empty(); // an address label (eth0:1), or gone
      }
      int index = request.get(JAVA_INT, NAME_LENGTH);
      int mtu =
          Linux.ioctl(errno, fd, SIOCGIFMTU, request) < 0 ? 0 : request.get(JAVA_INT, NAME_LENGTH);
      if (Linux.ioctl(errno, fd, SIOCGIFHWADDR, request) < 0) {
        return Optional.empty();
      }
      int type = request.get(JAVA_SHORT, NAME_LENGTH) & 0xFFFF;
      long address = type == HARDWARE_ETHERNET ? Ethernet.destination(request, NAME_LENGTH + 2) : 0;
      return Optional.of(
          new InterfaceFacts(name, index, mtu, address, type, (flags & FLAG_UP) != 0, addresses));
    } finally {
      Linux.close(errno, fd);
    }
  }

  /** Returns whether frames begin with an Ethernet header; {@code lo} has one, all zeros. */
  public boolean isEthernet() {
    return hardwareType == HARDWARE_ETHERNET || isLoopback();
  }

  /** Returns whether this is {@code lo}, where every packet shows up twice. */
  public boolean isLoopback() {
    return hardwareType == HARDWARE_LOOPBACK;
  }

  /** Returns whether frames begin with the IP header. */
  public boolean isBareIp() {
    return switch (hardwareType) {
      case HARDWARE_NONE, HARDWARE_RAW_IP, HARDWARE_TUNNEL, HARDWARE_TUNNEL6, HARDWARE_SIT -> true;
      default -> false;
    };
  }
}
