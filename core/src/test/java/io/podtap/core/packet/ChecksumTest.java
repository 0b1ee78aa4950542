/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {

  /** RFC 1071 section 3: the sum of these bytes is DDF2. */
  @Test
  void matchesTheExampleOfRfc1071() {
    MemorySegment bytes = bytes(0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7);

    assertThat(Checksum.finish(Checksum.sum(bytes, 0, 8))).isEqualTo(~0xDDF2 & 0xFFFF);
  }

  @Test
  void agreesWithThePlainLoopAtEveryLengthAndAlignment() {
    long seed = 20_261_123;
    Random random = new Random(seed);
    byte[] data = new byte[300];
    random.nextBytes(data);
    MemorySegment segment = MemorySegment.ofArray(data);
    for (int offset = 0; offset < 9; offset++) {
      for (int length = 0; length <= 280; length++) {
        assertThat(Checksum.finish(Checksum.sum(segment, offset, length)))
            .as("seed %d offset %d length %d", seed, offset, length)
            .isEqualTo(plain(data, offset, length));
      }
    }
  }

  @Test
  void doesNotOverflowOnAnyFrameLength() {
    byte[] data = new byte[1 << 20];
    java.util.Arrays.fill(data, (byte) 0xFF);

    assertThat(Checksum.finish(Checksum.sum(MemorySegment.ofArray(data), 0, data.length))).isZero();
  }

  @Test
  void addsTheUpperHalfOfALongLengthToTheIpv6PseudoHeader() {
    MemorySegment header = MemorySegment.ofArray(new byte[40]);

    long sum = Checksum.pseudoIpv6(header, 0, IpProtocol.TCP, 0x2_0001);

    assertThat(Checksum.finish(sum)).isEqualTo(~(6 + 2 + 1) & 0xFFFF);
  }

  private static int plain(byte[] data, int offset, int length) {
    long sum = 0;
    for (int i = 0; i < length; i++) {
      int octet = data[offset + i] & 0xFF;
      sum += i % 2 == 0 ? (long) octet << 8 : octet;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xFFFF) + (sum >>> 16);
    }
    return (int) ~sum & 0xFFFF;
  }

  private static MemorySegment bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(bytes);
  }
}
