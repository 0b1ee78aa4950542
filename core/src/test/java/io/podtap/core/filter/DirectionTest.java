/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.LinkType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectionTest {

  private static Packet packet(int kind) {
    Packet packet = Packet.ipv4Udp("10.0.0.1", 1, "10.0.0.2", 2);
    packet.facts().packetKind(kind);
    return packet;
  }

  /** Those of linux/if_packet.h: host, broadcast, multicast, another host, outgoing. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void goesByTheKindOfThePacket(int kind) {
    boolean isOutgoing = kind == BpfProgram.PACKET_OUTGOING;
    for (Direction direction : Direction.values()) {
      boolean expected =
          switch (direction) {
            case IN -> !isOutgoing;
            case OUT -> isOutgoing;
            case BOTH -> true;
          };
      assertThat(packet(kind).passes(direction.restrict(BpfProgram.ACCEPT_ALL)))
          .as("%s", direction)
          .isEqualTo(expected);
      assertThat(packet(kind).passes(direction.restrict(BpfProgram.DROP_ALL))).isFalse();
    }
  }

  @Test
  void leavesTheRestToTheUser() {
    BpfProgram udp = FilterCompiler.compile("udp", LinkType.ETHERNET);
    assertThat(Direction.BOTH.restrict(udp)).isEqualTo(udp);
    BpfProgram restricted = Direction.IN.restrict(udp);
    assertThat(packet(0).passes(restricted)).isTrue();
    Packet tcp = Packet.ipv4(Packet.TCP, "10.0.0.1", 1, "10.0.0.2", 2);
    assertThat(tcp.passes(restricted)).isFalse();
  }

  @Test
  void refusesWhatTheKernelDoesNotTake() {
    long[] longest = new long[BpfProgram.INSTRUCTIONS_MAX];
    Arrays.fill(longest, BpfProgram.statement(BpfProgram.RET, 0));
    BpfProgram user = new BpfProgram(longest);
    assertThatThrownBy(() -> Direction.OUT.restrict(user)).isInstanceOf(SettingsException.class);
  }
}
