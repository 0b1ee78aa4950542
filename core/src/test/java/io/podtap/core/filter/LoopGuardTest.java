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

  @Test
  void refusesMoreThanTheKernelTakes() {
    List<OwnTraffic> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(new OwnTraffic(17, Endpoint.parse("10.0.1." + i + ":1", 0), List.of(1, 2)));
    }
    LoopGuard large = LoopGuard.byOwnTraffic(many);
    assertThatThrownBy(() -> large.protect(BpfProgram.ACCEPT_ALL, LinkType.ETHERNET, false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
