/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TunnelHeadersTest {

  @Test
  void writesVxlanWithTheVniFlagAloneAndZeroInEveryReservedBit() {
    byte[] header = filled(Vxlan.HEADER_LENGTH);
    MemorySegment segment = MemorySegment.ofArray(header);

    Vxlan.put(segment, 0, 0x123456);

    assertThat(hex(header)).isEqualTo("0800000012345600");
    assertThat(Vxlan.isVniValid(segment, 0)).isTrue();
    assertThat(Vxlan.vni(segment, 0)).isEqualTo(0x123456);
  }

  @Test
  void writesGeneveWithCaptureTimeLengthAndTap() {
    byte[] header = filled(Geneve.TAP_HEADER_LENGTH);
    MemorySegment segment = MemorySegment.ofArray(header);

    Geneve.put(segment, 0, 42, 0x0102030405060708L, 1_514, 7);

    assertThat(hex(header))
        .isEqualTo("0500655800002a00" + "ff000104" + "0102030405060708" + "000005ea" + "00000007");
    assertThat(Geneve.version(segment, 0)).isZero();
    assertThat(Geneve.optionsLength(segment, 0)).isEqualTo(20);
    assertThat(Geneve.protocolType(segment, 0)).isEqualTo(Geneve.TYPE_ETHERNET);
    assertThat(Geneve.vni(segment, 0)).isEqualTo(42);
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 0xFF);
    return bytes;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
