/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BpfProgramTest {

  private final MemorySegment packet = Arena.ofAuto().allocate(64);
  private final PacketFacts facts = new PacketFacts().reset(64);

  private static long s(int code, int k) {
    return BpfProgram.statement(code, k);
  }

  private int run(long... instructions) {
    return new BpfProgram(instructions).run(packet, 0, 64, facts);
  }

  @Test
  void refusesWhatTheKernelRefuses() {
    assertThatThrownBy(() -> new BpfProgram(new long[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> run(s(BpfProgram.LD, 1))).hasMessageContaining("does not return");
    assertThatThrownBy(() -> run(BpfProgram.jump(0x15, 0, 0, 1), s(BpfProgram.RET, 0)))
        .hasMessageContaining("instruction 0");
    assertThatThrownBy(() -> run(s(BpfProgram.JMP, -1), s(BpfProgram.RET, 0)))
        .hasMessageContaining("instruction 0");
    assertThatThrownBy(() -> run(s(BpfProgram.ALU | BpfProgram.DIVIDE, 0), s(BpfProgram.RET, 0)))
        .hasMessageContaining("instruction 0");
    assertThatThrownBy(() -> run(s(BpfProgram.ST, 16), s(BpfProgram.RET, 0)))
        .hasMessageContaining("instruction 0");
  }

  @Test
  void loadsInNetworkOrderAndReturnsZeroOutsideThePacket() {
    packet.set(ValueLayout.JAVA_BYTE, 62, (byte) 0x12);
    packet.set(ValueLayout.JAVA_BYTE, 63, (byte) 0xF4);
    long returnA = s(BpfProgram.RET | BpfProgram.RETURN_A, 0);
    assertThat(run(s(0x28, 62), returnA)).isEqualTo(0x12F4);
    assertThat(run(s(0x28, 63), returnA)).isZero();
    assertThat(run(s(0x30, 63), returnA)).isEqualTo(0xF4);
    assertThat(run(s(0xB1, 63), s(0x87, 0), returnA)).isEqualTo(16);
    assertThat(run(s(0x01, 60), s(0x48, 2), returnA)).isEqualTo(0x12F4);
    assertThat(run(s(0x01, -1), s(0x40, 0), s(BpfProgram.RET, 7))).isZero();
  }

  @Test
  void readsFactsThatDoNotStandInThePacket() {
    long returnA = s(BpfProgram.RET | BpfProgram.RETURN_A, 0);
    facts.reset(1_500).mark(77).vlan(0x8100, 0x2064).packetKind(4).interfaceIndex(9);
    assertThat(run(s(0x80, 0), returnA)).isEqualTo(1_500);
    assertThat(run(s(0x20, -0x1000 + 20), returnA)).isEqualTo(77);
    assertThat(run(s(0x20, -0x1000 + 44), returnA)).isEqualTo(0x2064);
    assertThat(run(s(0x30, -0x1000 + 48), returnA)).isEqualTo(1);
    assertThat(run(s(0x20, -0x1000 + 4), returnA)).isEqualTo(4);
    assertThat(run(s(0x20, -0x1000 + 8), returnA)).isEqualTo(9);
  }

  @Test
  void negatedProgramHasTheOtherVerdict() {
    BpfProgram program = FilterCompiler.compile("udp port 53", 1);
    assertThat(program.negated().run(packet, 0, 64, facts)).isEqualTo(-1);
    assertThat(program.run(packet, 0, 64, facts)).isZero();
    assertThat(BpfProgram.ACCEPT_ALL.negated()).isEqualTo(BpfProgram.DROP_ALL);
  }

  @Test
  void randomProgramsEndWithoutAnException() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int valid = 0;
    for (int i = 0; i < 30_000; i++) {
      long[] instructions = new long[1 + random.nextInt(6)];
      for (int j = 0; j < instructions.length; j++) {
        int operand = random.nextBoolean() ? random.nextInt(70) : random.nextInt();
        int code = random.nextInt(256);
        instructions[j] = BpfProgram.jump(code, operand, random.nextInt(3), random.nextInt(3));
      }
      instructions[instructions.length - 1] = s(BpfProgram.RET | random.nextInt(2) * 16, 1);
      try {
        var _ = new BpfProgram(instructions).run(packet, 0, 64, facts);
        valid++;
      } catch (IllegalArgumentException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("instruction");
      }
    }
    assertThat(valid).as("seed %d", seed).isPositive();
  }
}
