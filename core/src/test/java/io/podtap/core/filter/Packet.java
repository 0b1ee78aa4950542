/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A packet that a test writes by hand: an Ethernet frame with facts beside it. */
final class Packet {

  static final int UDP = 17;
  static final int TCP = 6;

  static Packet ipv4(int protocol, String from, int fromPort, String to, int toPort) {
    ByteBuffer buffer = ByteBuffer.allocate(14 + 20 + 20);
    buffer.position(12).putShort((short) 0x0800);
    buffer.put((byte) 0x45).put((byte) 0).putShort((short) 40).putInt(0);
    buffer.put((byte) 64).put((byte) protocol).putShort((short) 0);
    buffer.put(InetAddress.ofLiteral(from).getAddress());
    buffer.put(InetAddress.ofLiteral(to).getAddress());
    buffer.putShort((short) fromPort).putShort((short) toPort);
    return of(buffer.array());
  }

  static Packet ipv4Udp(String from, int fromPort, String to, int toPort) {
    return ipv4(UDP, from, fromPort, to, toPort);
  }

  static Packet ipv6Udp(String from, int fromPort, String to, int toPort) {
    ByteBuffer buffer = ByteBuffer.allocate(14 + 40 + 8);
    buffer.position(12).putShort((short) 0x86DD);
    buffer.put((byte) 0x60).put(new byte[3]).putShort((short) 8).put((byte) UDP).put((byte) 64);
    buffer.put(InetAddress.ofLiteral(from).getAddress());
    buffer.put(InetAddress.ofLiteral(to).getAddress());
    buffer.putShort((short) fromPort).putShort((short) toPort);
    return of(buffer.array());
  }

  private final byte[] bytes;
  private final PacketFacts facts;

  private Packet(byte[] bytes) {
    this.bytes = bytes;
    facts = new PacketFacts().reset(bytes.length);
  }

  PacketFacts facts() {
    return facts;
  }

  int length() {
    return bytes.length;
  }

  private static Packet of(byte[] bytes) {
    return new Packet(bytes);
  }

  Packet tagged(int id) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length + 4);
    buffer.put(bytes, 0, 12).putShort((short) 0x8100).putShort((short) id);
    buffer.put(bytes, 12, bytes.length - 12);
    return of(buffer.array());
  }

  boolean isIpv6() {
    return bytes[12] == (byte) 0x86;
  }

  /** Returns the ICMP message, or ICMPv6 for an IPv6 packet, that quotes this one. */
  Packet quotedBy(int type, String from, String to) {
    int quoted = bytes.length - 14;
    ByteBuffer buffer = ByteBuffer.allocate(14 + (isIpv6() ? 40 : 24) + 8 + quoted);
    buffer.position(12);
    if (isIpv6()) {
      buffer.putShort((short) 0x86DD).put((byte) 0x60).put(new byte[3]);
      buffer.putShort((short) (8 + quoted)).put((byte) 58).put((byte) 64);
    } else { // with an option
      buffer.putShort((short) 0x0800).put((byte) 0x46).put((byte) 0);
      buffer.putShort((short) (24 + 8 + quoted)).putInt(0);
      buffer.put((byte) 64).put((byte) 1).putShort((short) 0);
    }
    buffer.put(InetAddress.ofLiteral(from).getAddress());
    buffer.put(InetAddress.ofLiteral(to).getAddress());
    if (!isIpv6()) {
      buffer.putInt(0x0101_0100);
    }
    buffer.put((byte) type).put(new byte[7]).put(bytes, 14, quoted);
    return of(buffer.array());
  }

  Packet withoutLinkHeader() {
    return of(Arrays.copyOfRange(bytes, 14, bytes.length));
  }

  Packet cut(int length) {
    return of(Arrays.copyOf(bytes, length));
  }

  Packet with(int offset, int value) {
    byte[] changed = bytes.clone();
    changed[offset] = (byte) value;
    return of(changed);
  }

  boolean passes(BpfProgram program) {
    return program.run(MemorySegment.ofArray(bytes), 0, bytes.length, facts) != 0;
  }
}
