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
