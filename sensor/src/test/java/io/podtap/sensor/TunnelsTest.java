/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.track.Tracker;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A datagram inside each kind of tunnel, link layers of many kinds, fragments, and noise. */
class TunnelsTest {

  private static final byte[] INNER = Conversation.udp(true, 5_000, 6_000, new byte[] {1, 2, 3, 4});
  private static final byte[] ETHERNET = hex("020000000001020000000002" + "0800");

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  private static byte[] ip(int protocol, byte[] payload) {
    byte[] packet = Conversation.ip(true, protocol, payload.length);
    System.arraycopy(payload, 0, packet, 20, payload.length);
    Conversation.fillChecksums(packet);
    return packet;
  }

  private static List<Map<String, String>> records(byte[] packet, int linkType) {
    try (Conversation conversation = new Conversation(0)) {
      return conversation.send(packet, packet.length, linkType).records();
    }
  }

  private static Map<String, String> inner(List<Map<String, String>> records) {
    return records.stream()
        .filter(record -> "5000".equals(record.get("id.orig_p")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no inner flow in " + records));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "IP in IP, 4, '', false",
    "GRE, 47, 00000800, false",
    "GRE with key and sequence number, 47, 300008000000000100000002, false",
    "GRE bridged, 47, 00006558, true",
    "enhanced GRE with PPP, 47, 3001880b0010001100000001ff030021, false",
    "ERSPAN I, 47, 000088be, true",
    "ERSPAN II, 47, 100088be000000011001000100000000, true",
    "ERSPAN III, 47, 100022eb00000001200100010000000000000000, true"
  })
  void followsTunnelsOverIp(String name, int protocol, String header, boolean bridged) {
    byte[] payload = join(hex(header), bridged ? ETHERNET : new byte[0], INNER);

    try (Conversation conversation = new Conversation(0)) {
      conversation.send(ip(protocol, payload)).send(ip(protocol, payload));
      assertThat(conversation.rows("tunnel"))
          .as(name)
          .singleElement()
          .satisfies(tunnel ->
              assertThat(tunnel)
                  .containsEntry("id.orig_h", "10.0.0.1")
                  .containsEntry("id.orig_p", "0")
                  .containsEntry("tunnel_type", protocol == 4 ? "Tunnel::IP" : "Tunnel::GRE")
                  .containsEntry("action", "Tunnel::DISCOVER"));
      String uid = conversation.rows("tunnel").getFirst().get("uid");
      assertThat(conversation.records()).hasSize(1);
      assertThat(inner(conversation.rows("conn")))
          .containsEntry("orig_ip_bytes", "64")
          .containsEntry("tunnel_parents", uid);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "vxlan, 4789, 0800000000002a00, true",
    "geneve, 6081, 0000655800002a00, true",
    "geneve, 6081, 0100080000002a0001020380, false",
    "gtpv1, 2152, 30ff002000000001, false",
    "gtpv1, 2152, 32ff002400000001000b0000, false",
    "gtpv1, 2152, 34ff0028000000010000008501000000, false"
  })
  void followsTunnelsOverUdp(String name, int port, String header, boolean bridged) {
    String even = header.length() % 2 == 0 ? header : header + "0";
    byte[] payload = join(hex(even), bridged ? ETHERNET : new byte[0], INNER);
    byte[] outer = Conversation.udp(true, 1_111, port, payload);

    try (Conversation conversation = new Conversation(0)) {
      List<Map<String, String>> records = conversation.send(outer).records();
      assertThat(records).hasSize(2);
      Map<String, String> parent =
          records.get(0).equals(inner(records)) ? records.get(1) : records.get(0);
      assertThat(parent).containsEntry("service", name);
      assertThat(inner(records)).containsEntry("tunnel_parents", parent.get("uid"));
      assertThat(conversation.rows("tunnel"))
          .extracting(row -> row.get("uid") + ' ' + row.get("action"))
          .containsExactly(
              parent.get("uid") + " Tunnel::DISCOVER", parent.get("uid") + " Tunnel::CLOSE");
    }
  }

  /** An IPv6 packet of UDP from port 5000, its checksum not to be checked. */
  private static byte[] ipv6(String source) {
    return hex(
        "60000000000c1140"
            + source
            + "20010000000000000000000000000002"
            + "13881770000c0000"
            + "01020304");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "bare, 3544, '', 20010000000000000000000000000001",
    "with its origin, 3544, 0000123401020304, 20010000000000000000000000000001",
    "on another port, 9999, '', 20010000000000000000000000000001",
    "with its origin on another port, 9999, 0000123401020304, fe800000000000000000000000000001"
  })
  void followsTeredoOnAnyPortAndNamesItWhenBothEndsSpokeIt(
      String name, int port, String header, String source) {
    byte[] payload = join(hex(header), ipv6(source));
    Tracker.Settings unchecked = new Tracker.Settings(100, false, 7);
    try (Conversation conversation = new Conversation(0, unchecked)) {
      conversation.send(Conversation.udp(true, 1_111, port, payload));
      assertThat(conversation.rows("tunnel")).as(name).hasSize(1);
      conversation.send(Conversation.udp(/* fromClient= */ false, 1_111, port, payload));
      assertThat(conversation.records())
          .anySatisfy(record -> assertThat(record).containsEntry("service", "teredo"));
    }
  }

  @Test
  void countsChangesOfTheWay() {
    byte[] inside = ip(47, join(hex("00000800"), INNER));
    try (Conversation conversation = new Conversation(0)) {
      for (int i = 0; i < 10; i++) {
        conversation.send(INNER).send(inside);
      }
      assertThat(conversation.rows("tunnel")).hasSize(1);
      String uid = conversation.rows("tunnel").getFirst().get("uid");
      assertThat(conversation.records())
          .singleElement()
          .satisfies(record ->
              assertThat(record)
                  .containsEntry("history", "DX")
                  .containsEntry("tunnel_parents", uid));
    }
  }

  @Test
  void forgetsTunnelsThatNoNewFlowUses() {
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(ip(4, INNER)).say("~3600001").send(ip(4, INNER)).records();
      assertThat(conversation.rows("tunnel"))
          .extracting(row -> row.get("action"))
          .containsExactly("Tunnel::DISCOVER", "Tunnel::EXPIRE", "Tunnel::DISCOVER");
    }
  }

  @Test
  void saysWhatTunnelHeadersCarryNothing() {
    byte[] empty = Conversation.udp(true, 1_111, 4_789, hex("0800000000002a00"));
    try (Conversation conversation = new Conversation(0)) {
      assertThat(conversation.send(empty).records())
          .singleElement()
          .satisfies(record -> assertThat(record).containsEntry("service", "vxlan"));
      assertThat(conversation.rows("weird"))
          .extracting(row -> row.get("name") + ' ' + row.get("source"))
          .containsExactly("vxlan_empty_packet VXLAN");
      assertThat(conversation.rows("tunnel")).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "VLAN, 1, 020000000001020000000002810000020800",
    "QinQ, 1, 02000000000102000000000288a80001810000020800",
    "MPLS, 1, 02000000000102000000000288470001004000020140",
    "PPPoE, 1, 0200000000010200000000028864110000010022" + "0021",
    "VNTag, 1, 0200000000010200000000028926000000010800",
    "PBB, 1, 02000000000102000000000288e70000002a0200000000010200000000020800",
    "FabricPath, 1, 0200000000010200000000028903000002000000000102000000000208" + "00",
    "SNAP, 1, 0200000000010200000000020028aaaa030000000800",
    "PPP, 9, ff030021",
    "PPP without address, 9, 0021",
    "Cisco HDLC, 104, 0f000800",
    "loopback, 0, 02000000",
    "cooked, 113, 00000001000602000000000100000800",
    "NFLOG, 239, 020000000800030000000000" + "24000900",
    "802.11 behind radiotap, 127, 0000080000000000"
        + "08010000"
        + "020000000001020000000002020000000003"
        + "1000"
        + "aaaa030000000800"
  })
  void findsIpBehindLinkLayers(String name, int linkType, String header) {
    List<Map<String, String>> records = records(join(hex(header), INNER), linkType);

    assertThat(records).as(name).hasSize(1);
    assertThat(inner(records)).containsEntry("orig_ip_bytes", "32");
  }

  @Test
  void stopsAtItsDepth() {
    byte[] packet = INNER;
    for (int i = 0; i < 8; i++) {
      packet = ip(IpProtocol.IPV4, packet);
    }
    try (Conversation conversation = new Conversation(0)) {
      conversation.send(packet);
      assertThat(conversation.rows("weird"))
          .extracting(row -> row.get("name"))
          .containsExactly("exceeded_tunnel_max_depth_in_tunnel");
      assertThat(conversation.records()).isEmpty();
    }
  }

  @Test
  void putsFragmentsTogetherEvenInsideFragments() {
    byte[] large = Conversation.udp(true, 5_000, 6_000, new byte[400]);
    byte[][] innerParts = fragments(large, 7);
    try (Conversation conversation = new Conversation(0)) {
      for (int i = 0; i < innerParts.length; i++) {
        for (byte[] part : fragments(ip(IpProtocol.IPV4, innerParts[i]), 100 + i)) {
          conversation.send(part);
        }
      }
      assertThat(conversation.records())
          .singleElement()
          .satisfies(record ->
              assertThat(record)
                  .containsEntry("history", "D")
                  .containsEntry("orig_ip_bytes", "428")
                  .containsEntry("orig_pkts", "1"));
    }
  }

  @Test
  void keepsFragmentsOfVlansApart() {
    byte[][] parts = fragments(Conversation.udp(true, 5_000, 6_000, new byte[400]), 7);
    byte[] one = hex("020000000001020000000002" + "81000001" + "0800");
    byte[] other = hex("020000000001020000000002" + "81000002" + "0800");
    try (Conversation conversation = new Conversation(0)) {
      for (byte[] frame : List.of(join(one, parts[0]), join(other, parts[1]))) {
        conversation.send(frame, frame.length, LinkType.ETHERNET);
      }
      assertThat(conversation.analysis().flows()).isZero();
      byte[] last = join(one, parts[1]);
      conversation.send(last, last.length, LinkType.ETHERNET);
      assertThat(conversation.records()).hasSize(1);
    }
  }

  /** Two halves of an IPv4 packet. */
  private static byte[][] fragments(byte[] packet, int id) {
    int cut = (packet.length - 20) / 2 & ~7;
    byte[][] parts = new byte[2][];
    for (int i = 0; i < 2; i++) {
      int from = 20 + (i == 0 ? 0 : cut);
      int to = i == 0 ? 20 + cut : packet.length;
      parts[i] = new byte[20 + to - from];
      System.arraycopy(packet, 0, parts[i], 0, 20);
      System.arraycopy(packet, from, parts[i], 20, to - from);
      MemorySegment segment = MemorySegment.ofArray(parts[i]);
      Bytes.putU16(segment, 2, parts[i].length);
      Bytes.putU16(segment, 4, id);
      Bytes.putU16(segment, 6, i == 0 ? 0x2000 : cut / 8);
      io.podtap.core.packet.Ipv4.updateChecksum(segment, 0, 20);
    }
    return parts;
  }

  @Test
  void neverFailsOnDamagedPackets() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[][] whole = {
      join(ETHERNET, INNER),
      join(
          ETHERNET, ip(47, join(hex("300088be00000001000000021001000100000000"), ETHERNET, INNER))),
      join(
          ETHERNET,
          Conversation.udp(true, 9, 4_789, join(hex("0800000000002a00"), ETHERNET, INNER))),
      join(
          ETHERNET,
          Conversation.udp(true, 9, 2_152, join(hex("34ff0028000000010000008501000000"), INNER))),
      join(hex("02000000000102000000000288470001004000020140"), INNER),
      join(ETHERNET, Conversation.tcp(true, 80, 0x18, 1, 1, 40))
    };
    int[] links = {0, 1, 9, 10, 50, 101, 104, 105, 113, 127, 228, 229, 239, 276, 9_999};
    try (Conversation conversation =
        new Conversation(0, new io.podtap.sensor.track.Tracker.Settings(100, false, 3))) {
      for (int i = 0; i < 60_000; i++) {
        byte[] packet = whole[random.nextInt(whole.length)].clone();
        for (int damage = random.nextInt(6); damage > 0; damage--) {
          packet[random.nextInt(packet.length)] = (byte) random.nextInt();
        }
        int link = random.nextInt(4) == 0 ? links[random.nextInt(links.length)] : 1;
        conversation.send(packet, random.nextInt(packet.length + 1), link);
      }
      assertThat(conversation.records()).as("seed %d", seed).isNotEmpty();
    }
  }
}
