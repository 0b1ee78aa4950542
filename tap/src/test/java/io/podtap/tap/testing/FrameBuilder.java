/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.testing;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Builds one Ethernet frame with plain byte arithmetic. Ports, flags and ids have fixed defaults.
 */
public final class FrameBuilder {

  private final List<int[]> tags = new ArrayList<>();
  private boolean ipv6;
  private int protocol = 6;
  private byte[] extensions = {};
  private int extensionProtocol = -1;
  private int firstExtension = -1;
  private int fragmentWord = 0x4000;
  private int identification = 0x1234;
  private int tcpFlags = 0x18;
  private int tcpOptionBytes;
  private int sequence = 0xFFFF_FF00;
  private boolean checksums = true;
  private boolean noUdpChecksum;
  private boolean bigLength;
  private byte[] payload = {};
  private byte[] trailer = {};
  private int ipOptionBytes;

  public FrameBuilder tag(int tpid, int tci) {
    tags.add(new int[] {tpid, tci});
    return this;
  }

  public FrameBuilder ipv6() {
    ipv6 = true;
    return this;
  }

  public FrameBuilder protocol(int number) {
    protocol = number;
    return this;
  }

  public FrameBuilder udp() {
    return protocol(17);
  }

  /** Puts extension headers between IPv6 and transport; their last next-header is set by build. */
  public FrameBuilder extension(int number, byte... body) {
    if (firstExtension < 0) {
      firstExtension = number;
    } else {
      extensions[extensionProtocol] = (byte) number;
    }
    int at = extensions.length;
    byte[] grown = java.util.Arrays.copyOf(extensions, at + body.length);
    System.arraycopy(body, 0, grown, at, body.length);
    extensions = grown;
    extensionProtocol = at;
    return this;
  }

  public FrameBuilder fragmentWord(int word) {
    fragmentWord = word;
    return this;
  }

  public FrameBuilder identification(int value) {
    identification = value;
    return this;
  }

  public FrameBuilder tcpFlags(int flags) {
    tcpFlags = flags;
    return this;
  }

  public FrameBuilder tcpOptions(int bytes) {
    tcpOptionBytes = bytes;
    return this;
  }

  public FrameBuilder ipOptions(int bytes) {
    ipOptionBytes = bytes;
    return this;
  }

  public FrameBuilder sequence(int value) {
    sequence = value;
    return this;
  }

  /** Leaves the transport checksum as the kernel does for a device: the pseudo-header's sum. */
  public FrameBuilder partialChecksum() {
    checksums = false;
    return this;
  }

  public FrameBuilder noUdpChecksum() {
    noUdpChecksum = true;
    return this;
  }

  /** Writes zero for the length, as BIG TCP does. */
  public FrameBuilder bigLength() {
    bigLength = true;
    return this;
  }

  public FrameBuilder payload(byte[] bytes) {
    payload = bytes.clone();
    return this;
  }

  public FrameBuilder payload(Random random, int length) {
    payload = new byte[length];
    random.nextBytes(payload);
    return this;
  }

  public FrameBuilder trailer(int bytes) {
    trailer = new byte[bytes];
    java.util.Arrays.fill(trailer, (byte) 0xEE);
    return this;
  }

  public byte[] payload() {
    return payload.clone();
  }

  /** Returns where the transport header begins. */
  public int transportOffset() {
    return ipOffset() + (ipv6 ? 40 + extensions.length : 20 + ipOptionBytes);
  }

  public int ipOffset() {
    return 14 + 4 * tags.size();
  }

  /** Returns where the checksum stands within the transport header. */
  public int checksumOffset() {
    return protocol == 6 ? 16 : protocol == 17 ? 6 : 2;
  }

  public byte[] build() {
    byte[] transport = transport();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    put(out, 0x02, 0, 0, 0, 0, 0x01, 0x02, 0, 0, 0, 0, 0x02);
    for (int[] tag : tags) {
      put16(out, tag[0]);
      put16(out, tag[1]);
    }
    put16(out, ipv6 ? 0x86DD : 0x0800);
    out.writeBytes(ipv6 ? ipv6Header(transport.length) : ipv4Header(transport.length));
    out.writeBytes(transport);
    out.writeBytes(trailer);
    return out.toByteArray();
  }

  private byte[] transport() {
    ByteBuffer out;
    if (protocol == 6) {
      int header = 20 + tcpOptionBytes;
      out = ByteBuffer.allocate(header + payload.length);
      out.putShort((short) 40_000).putShort((short) 443).putInt(sequence).putInt(0x0102_0304);
      out.put((byte) ((header / 4) << 4)).put((byte) tcpFlags).putShort((short) 501);
      out.putShort((short) 0).putShort((short) 0);
      for (int i = 0; i < tcpOptionBytes; i++) {
        out.put((byte) 1);
      }
    } else if (protocol == 17) {
      out = ByteBuffer.allocate(8 + payload.length);
      out.putShort((short) 5_353).putShort((short) 53).putShort((short) (8 + payload.length));
      out.putShort((short) 0);
    } else {
      out = ByteBuffer.allocate(payload.length);
    }
    out.put(payload);
    byte[] bytes = out.array();
    if (protocol == 6 || (protocol == 17 && !noUdpChecksum)) {
      int at = checksumOffset();
      int sum = Verifier.pseudoSum(addresses(), protocol, bytes.length);
      int value;
      if (checksums) {
        value = ~Verifier.fold(sum + Verifier.sum16(bytes, 0, bytes.length)) & 0xFFFF;
        value = value == 0 ? 0xFFFF : value;
      } else {
        value = Verifier.fold(sum);
      }
      bytes[at] = (byte) (value >> 8);
      bytes[at + 1] = (byte) value;
    }
    return bytes;
  }

  private byte[] addresses() {
    byte[] addresses = new byte[ipv6 ? 32 : 8];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = (byte) (i * 7 + 10);
    }
    return addresses;
  }

  private byte[] ipv4Header(int transportLength) {
    int header = 20 + ipOptionBytes;
    ByteBuffer out = ByteBuffer.allocate(header);
    out.put((byte) (0x40 | (header / 4))).put((byte) 0x03);
    out.putShort((short) (bigLength ? 0 : header + transportLength));
    out.putShort((short) identification).putShort((short) fragmentWord);
    out.put((byte) 64).put((byte) protocol).putShort((short) 0).put(addresses());
    for (int i = 0; i < ipOptionBytes; i++) {
      out.put((byte) 1);
    }
    int checksum = ~Verifier.fold(Verifier.sum16(out.array(), 0, header)) & 0xFFFF;
    out.putShort(10, (short) checksum);
    return out.array();
  }

  private byte[] ipv6Header(int transportLength) {
    ByteBuffer out = ByteBuffer.allocate(40 + extensions.length);
    int length = extensions.length + transportLength;
    out.putInt(0x6031_2345).putShort((short) (bigLength ? 0 : length));
    out.put((byte) (firstExtension >= 0 ? firstExtension : protocol)).put((byte) 64);
    out.put(addresses());
    byte[] copy = extensions.clone();
    if (firstExtension >= 0) {
      copy[extensionProtocol] = (byte) protocol;
    }
    out.put(copy);
    return out.array();
  }

  private static void put(ByteArrayOutputStream out, int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
  }

  private static void put16(ByteArrayOutputStream out, int value) {
    put(out, value >> 8, value);
  }

  /** Puts bytes into native memory, as a ring has them, at an odd place. */
  public static Frame frame(Arena arena, byte[] bytes) {
    MemorySegment memory = arena.allocate(bytes.length + 10L);
    MemorySegment.copy(bytes, 0, memory, java.lang.foreign.ValueLayout.JAVA_BYTE, 6, bytes.length);
    return new Frame()
        .wrap(memory, 6, bytes.length, bytes.length, 1_700_000_000_000_000_000L)
        .origin(LinkType.ETHERNET, 0, true);
  }
}
