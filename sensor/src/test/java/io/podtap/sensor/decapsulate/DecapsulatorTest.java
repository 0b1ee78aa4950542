/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.decapsulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecapsulatorTest {

  private static final String FRAME = "020000000002020000000001" + "0800" + "45000014";

  private final Decapsulator decapsulator = new Decapsulator();

  @Test
  void findsTheFrameBehindAVxlanHeader() {
    assertThat(vxlan("0800000000002a00" + FRAME)).isEqualTo(Decapsulation.FRAME);
    assertThat(decapsulator.vni()).isEqualTo(42);
    assertThat(decapsulator.frameOffset()).isEqualTo(8);
    assertThat(decapsulator.frameLength()).isEqualTo(18);
    assertThat(decapsulator.originalLength()).isEqualTo(18);
    assertThat(decapsulator.captureTimeNs()).isZero();
  }

  @Test
  void ignoresReservedBitsOfVxlan() {
    assertThat(vxlan("ffffffff00002aff" + FRAME)).isEqualTo(Decapsulation.FRAME);
    assertThat(decapsulator.vni()).isEqualTo(42);
  }

  @Test
  void refusesVxlanWithoutAValidVni() {
    assertThat(vxlan("0000000000002a00" + FRAME)).isEqualTo(Decapsulation.VNI_FLAG_MISSING);
  }

  @Test
  void readsTheTapsOptionOfGeneve() {
    MemorySegment segment = MemorySegment.ofArray(new byte[Geneve.TAP_HEADER_LENGTH + 18]);
    Geneve.put(segment, 0, 7, 1_700_000_000_000_000_001L, 1_514, 3);

    Decapsulation result = decapsulator.geneve(segment, 0, (int) segment.byteSize());

    assertThat(result).isEqualTo(Decapsulation.FRAME);
    assertThat(decapsulator.vni()).isEqualTo(7);
    assertThat(decapsulator.captureTimeNs()).isEqualTo(1_700_000_000_000_000_001L);
    assertThat(decapsulator.originalLength()).isEqualTo(1_514);
    assertThat(decapsulator.frameLength()).isEqualTo(18);
  }

  @Test
  void walksOverUnknownOptionsButNotOverCriticalOnes() {
    assertThat(geneve("0200655800000100" + "01000001" + "00000000" + FRAME))
        .isEqualTo(Decapsulation.FRAME);
    assertThat(geneve("0200655800000100" + "01008001" + "00000000" + FRAME))
        .isEqualTo(Decapsulation.UNKNOWN_CRITICAL_OPTION);
    assertThat(geneve("0200655800000100" + "01000002" + "00000000" + FRAME))
        .isEqualTo(Decapsulation.TRUNCATED_OPTIONS);
  }

  @Test
  void namesWhatIsWrongWithAGeneveHeader() {
    assertThat(geneve("4000655800000100" + FRAME)).isEqualTo(Decapsulation.UNKNOWN_VERSION);
    assertThat(geneve("3f00655800000100" + FRAME)).isEqualTo(Decapsulation.TRUNCATED_OPTIONS);
    assertThat(geneve("0000080000000100" + FRAME)).isEqualTo(Decapsulation.UNKNOWN_PROTOCOL);
  }

  @Test
  void knowsATapsReportByItsType() {
    assertThat(vxlan("0800000000002a00" + "ffffffffffff020000000001" + "88b5" + "00"))
        .isEqualTo(Decapsulation.REPORT);
  }

  @Test
  void namesEveryTruncation() {
    byte[] whole = HexFormat.of().parseHex("0800000000002a00" + FRAME);
    for (int length = 0; length < Vxlan.HEADER_LENGTH + 14; length++) {
      Decapsulation expected =
          length < Vxlan.HEADER_LENGTH
              ? Decapsulation.TRUNCATED_HEADER
              : Decapsulation.TRUNCATED_FRAME;
      assertThat(decapsulator.vxlan(MemorySegment.ofArray(whole), 0, length)).isEqualTo(expected);
    }
  }

  @Test
  void neverThrowsOnRandomBytesAndReachesEveryResult() {
    long seed = 99;
    Random random = new Random(seed);
    Map<Decapsulation, Integer> seen = new EnumMap<>(Decapsulation.class);
    for (int round = 0; round < 300_000; round++) {
      byte[] data = new byte[random.nextInt(64)];
      random.nextBytes(data);
      if (data.length >= 22 && random.nextInt(4) == 0) {
        data[0] &= 0x03;
        data[2] = 0x65;
        data[3] = 0x58;
      }
      MemorySegment segment = MemorySegment.ofArray(data);
      Decapsulation result =
          random.nextBoolean()
              ? decapsulator.vxlan(segment, 0, data.length)
              : decapsulator.geneve(segment, 0, data.length);
      seen.merge(result, 1, Integer::sum);
      if (result == Decapsulation.FRAME) {
        assertThat(decapsulator.frameOffset() + decapsulator.frameLength())
            .as("seed %d round %d", seed, round)
            .isEqualTo(data.length);
      }
    }
    assertThat(seen.keySet()).contains(Decapsulation.FRAME, Decapsulation.UNKNOWN_CRITICAL_OPTION);
  }

  private Decapsulation vxlan(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return decapsulator.vxlan(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private Decapsulation geneve(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return decapsulator.geneve(MemorySegment.ofArray(bytes), 0, bytes.length);
  }
}
