/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.Endpoint;
import io.podtap.core.packet.LinkType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LoopGuardTest {

  private static final int MARK = 0x7074;

  private final LoopGuard guard =
      LoopGuard.byOwnTraffic(
          List.of(
              new OwnTraffic(17, Endpoint.parse("10.0.0.9:4789", 0), List.of(50_001, 50_002)),
              new OwnTraffic(17, Endpoint.parse("[fd00::9]:4789", 0), List.of(50_001, 50_002)),
              new OwnTraffic(6, Endpoint.parse("10.0.0.9:6343", 0), List.of())));
  private final BpfProgram program = guard.protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, false);

  @Test
  void dropsMarkedPacketsOnly() {
    BpfProgram marked =
        LoopGuard.byMark(MARK).protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, false);
    Packet packet = Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.9", 4_789);
    assertThat(packet.passes(marked)).isTrue();
    packet.facts().mark(MARK);
    assertThat(packet.passes(marked)).isFalse();
    packet.facts().mark(MARK + 1);
    assertThat(packet.passes(marked)).isTrue();
  }

  @Test
  void dropsOwnTunnelInBothFamiliesAndBehindATag() {
    Packet own = Packet.ipv4Udp("10.0.0.1", 50_002, "10.0.0.9", 4_789);
    Packet own6 = Packet.ipv6Udp("fd00::1", 50_001, "fd00::9", 4_789);
    for (Packet packet : List.of(own, own.tagged(7), own6, own6.tagged(7))) {
      assertThat(packet.passes(program)).isFalse();
    }
    Packet answer = Packet.ipv4(Packet.TCP, "10.0.0.9", 6_343, "10.0.0.1", 40_000);
    assertThat(answer.passes(program)).isFalse();
    assertThat(Packet.ipv4(Packet.TCP, "10.0.0.1", 4, "10.0.0.9", 6_343).passes(program)).isFalse();
    BpfProgram raw = guard.protect(BpfProgram.ACCEPT_ALL, LinkType.RAW, false);
    assertThat(own.withoutLinkHeader().passes(raw)).isFalse();
    assertThat(own6.withoutLinkHeader().passes(raw)).isFalse();
  }

  @Test
  void leavesOtherTunnelsVisible() {
    List<Packet> others =
        List.of(
            Packet.ipv4Udp("10.0.0.1", 50_003, "10.0.0.9", 4_789), // another tap's lane
            Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.8", 4_789), // another tunnel's end
            Packet.ipv4Udp("10.0.0.9", 50_001, "10.0.0.1", 4_789), // from the sensor's host
            Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.9", 53),
            Packet.ipv4(Packet.TCP, "10.0.0.1", 50_001, "10.0.0.9", 4_789),
            Packet.ipv6Udp("fd00::1", 50_001, "fd00::8", 4_789),
            Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.9", 4_789).tagged(1).tagged(2));
    assertThat(others).allMatch(packet -> packet.passes(program));
  }

  @Test
  void leavesFragmentsAndShortPacketsVisible() {
    Packet own = Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.9", 4_789);
    assertThat(own.with(14 + 6, 0x20).passes(program)).isTrue(); // more fragments
    assertThat(own.with(14 + 7, 0x01).passes(program)).isTrue(); // a later fragment
    Packet own6 = Packet.ipv6Udp("fd00::1", 50_001, "fd00::9", 4_789);
    Packet own4Tagged = own.tagged(7);
    for (Packet packet : List.of(own, own4Tagged, own6, own6.tagged(7))) {
      int transport = packet.length() - (packet == own || packet == own4Tagged ? 20 : 8);
      for (int length = 14; length < transport + 4; length++) {
        assertThat(packet.cut(length).passes(program)).as("%d bytes", length).isTrue();
      }
      assertThat(packet.cut(transport + 4).passes(program)).isFalse();
    }
    // options move the ports
    assertThat(own.with(14, 0x46).passes(program)).isTrue();
  }

  @Test
  void keepsOneOfTheTwoViewsOfALoopbackPacket() {
    BpfProgram loopback =
        LoopGuard.byMark(MARK).protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, true);
    Packet packet = Packet.ipv4Udp("127.0.0.1", 1, "127.0.0.1", 2);
    assertThat(packet.passes(loopback)).isTrue();
    packet.facts().packetKind(BpfProgram.PACKET_OUTGOING);
    assertThat(packet.passes(loopback)).isFalse();
    assertThat(packet.passes(program)).isTrue();
  }

  @Test
  void leavesTheRestToTheUser() {
    BpfProgram both =
        guard.protect(FilterCompiler.compile("udp", LinkType.ETHERNET), LinkType.ETHERNET, false);
    assertThat(Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.9", 4_789).passes(both)).isFalse();
    assertThat(Packet.ipv4Udp("10.0.0.1", 1, "10.0.0.2", 2).passes(both)).isTrue();
    assertThat(Packet.ipv4(Packet.TCP, "10.0.0.1", 1, "10.0.0.2", 2).passes(both)).isFalse();
    assertThat(LoopGuard.NONE.protect(BpfProgram.DROP_ALL, LinkType.ETHERNET, false))
        .isEqualTo(BpfProgram.DROP_ALL);
  }

  private static final int[] ERRORS = {3, 4, 5, 11, 12};

  @Test
  void dropsIcmpErrorsAboutTheOwnTunnel() {
    BpfProgram marked =
        LoopGuard.byMark(MARK, guard.ownTraffic())
            .protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, false);
    Packet own = Packet.ipv4Udp("10.0.0.1", 50_002, "10.0.0.9", 4_789);
    Packet own6 = Packet.ipv6Udp("fd00::1", 50_001, "fd00::9", 4_789);
    for (BpfProgram one : List.of(program, marked)) {
      for (int type : ERRORS) {
        Packet error = own.quotedBy(type, "10.0.0.254", "10.0.0.1");
        assertThat(error.passes(one)).as("type %d", type).isFalse();
        assertThat(error.tagged(7).passes(one)).isFalse();
      }
      assertThat(own.with(14, 0x45).quotedBy(0, "10.0.0.9", "10.0.0.1").passes(one)).isTrue();
      for (int type : new int[] {1, 2, 3, 4}) {
        assertThat(own6.quotedBy(type, "fd00::fe", "fd00::1").passes(one)).isFalse();
      }
      assertThat(own6.quotedBy(128, "fd00::fe", "fd00::1").passes(one)).isTrue();
    }
    BpfProgram raw = guard.protect(BpfProgram.ACCEPT_ALL, LinkType.RAW, false);
    assertThat(own.quotedBy(3, "10.0.0.9", "10.0.0.1").withoutLinkHeader().passes(raw)).isFalse();
  }

  @Test
  void leavesIcmpErrorsAboutOthersVisible() {
    List<Packet> quoted =
        List.of(
            Packet.ipv4Udp("10.0.0.1", 50_003, "10.0.0.9", 4_789),
            Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.8", 4_789),
            Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.9", 53),
            Packet.ipv4Udp("10.0.0.9", 4_789, "10.0.0.1", 50_001),
            Packet.ipv4(Packet.TCP, "10.0.0.1", 50_001, "10.0.0.9", 4_789),
            Packet.ipv4Udp("10.0.0.1", 50_001, "10.0.0.9", 4_789).with(14 + 7, 1),
            Packet.ipv6Udp("fd00::1", 50_003, "fd00::9", 4_789));
    for (Packet packet : quoted) {
      boolean ipv6 = packet.isIpv6();
      Packet error =
          packet.quotedBy(3, ipv6 ? "fd00::9" : "10.0.0.9", ipv6 ? "fd00::1" : "10.0.0.1");
      assertThat(error.passes(program)).isTrue();
      for (int length = 14; length < error.length(); length++) {
        assertThat(error.cut(length).passes(program)).as("%d bytes", length).isTrue();
      }
    }
  }

  @Test
  void marksAloneTellWhatGoesOut() {
    BpfProgram marked =
        LoopGuard.byMark(MARK, guard.ownTraffic())
            .protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, false);
    assertThat(Packet.ipv4Udp("10.0.0.7", 50_001, "10.0.0.9", 4_789).passes(marked)).isTrue();
  }

  @Test
  void aStreamCannotBeMarked() {
    BpfProgram marked =
        LoopGuard.byMark(MARK, guard.ownTraffic())
            .protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, false);
    for (BpfProgram either : List.of(program, marked)) {
      assertThat(Packet.ipv4(6, "10.0.0.7", 40_001, "10.0.0.9", 6_343).passes(either)).isFalse();
      assertThat(Packet.ipv4(6, "10.0.0.9", 6_343, "10.0.0.7", 40_001).passes(either)).isFalse();
      assertThat(Packet.ipv4(6, "10.0.0.7", 40_001, "10.0.0.9", 6_344).passes(either)).isTrue();
      assertThat(Packet.ipv4(6, "10.0.0.7", 40_001, "10.0.0.8", 6_343).passes(either)).isTrue();
    }
  }

  @Test
  void portsMustDoWhenThereAreTooManySensors() {
    List<OwnTraffic> many = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      String address = "10.1." + i / 250 + "." + i % 250;
      many.add(new OwnTraffic(17, Endpoint.parse(address, 4_789), List.of(50_000 + i)));
    }
    BpfProgram large =
        LoopGuard.byOwnTraffic(many).protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, false);
    assertThat(Packet.ipv4Udp("10.0.0.1", 50_008, "10.1.3.4", 4_789).passes(large)).isFalse();
    assertThat(Packet.ipv4Udp("10.0.0.1", 55_000, "10.1.3.4", 4_789).passes(large)).isTrue();
    assertThat(Packet.ipv4Udp("10.0.0.1", 50_008, "10.1.3.4", 53).passes(large)).isTrue();
  }

  @Test
  void knowsHundredsOfSensorsOfBothFamilies() {
    List<OwnTraffic> many = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      List<Integer> ports = new ArrayList<>();
      for (int lane = 0; lane < 8; lane++) {
        ports.add(50_000 + 8 * i + lane);
      }
      many.add(new OwnTraffic(17, Endpoint.parse("10.1.0." + i, 4_789), ports));
      many.add(new OwnTraffic(17, Endpoint.parse("fd00::" + i, 4_789), ports));
    }
    BpfProgram large =
        LoopGuard.byOwnTraffic(many).protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, false);
    assertThat(Packet.ipv4Udp("10.0.0.1", 50_805, "10.1.0.100", 4_789).passes(large)).isFalse();
    assertThat(Packet.ipv6Udp("fd00::a", 50_805, "fd00::100", 4_789).passes(large)).isFalse();
    assertThat(Packet.ipv6Udp("fd00::a", 50_805, "fd00::f00", 4_789).passes(large)).isTrue();
    assertThat(Packet.ipv4Udp("10.0.0.1", 50_805, "10.1.0.121", 4_789).passes(large)).isTrue();
  }

  @Test
  void refusesMoreThanTheKernelTakes() {
    long[] instructions = new long[BpfProgram.INSTRUCTIONS_MAX];
    java.util.Arrays.fill(instructions, BpfProgram.statement(BpfProgram.RET, 0));
    BpfProgram user = new BpfProgram(instructions);
    assertThatThrownBy(() -> guard.protect(user, LinkType.ETHERNET, false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
