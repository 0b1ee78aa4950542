/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import static io.podtap.sensor.families.FamilyCase.netWeird;
import static io.podtap.sensor.families.FamilyCase.packetWeird;
import static io.podtap.sensor.families.FamilyCase.packets;
import static io.podtap.sensor.families.FamilyCase.weird;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.Conversation;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What is weird about frames, IP packets, fragments, datagrams and tunnels. */
final class PacketFamily {

  private static final int IP_LENGTH = Ipv4.HEADER_LENGTH_MIN;
  private static final String ADDRESSES =
      "20010db8" + "00".repeat(11) + "01" + "20010db8" + "00".repeat(11) + "02";

  private PacketFamily() {}

  static Family family() {
    List<FamilyCase> cases = new ArrayList<>();
    links(cases);
    headers(cases);
    extensions(cases);
    ends(cases);
    fragments(cases);
    datagrams(cases);
    tunnels(cases);
    return new Family("packet", cases);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  private static Function<String, List<Map<String, String>>> frame(int linkType, byte... frame) {
    return packets(9_999, conversation -> conversation.send(frame, frame.length, linkType));
  }

  private static Function<String, List<Map<String, String>>> ip(byte[]... all) {
    return packets(
        9_999,
        conversation -> {
          for (byte[] packet : all) {
            conversation.send(packet);
          }
        });
  }

  private static void link(
      List<FamilyCase> cases,
      String name,
      String detail,
      String source,
      int linkType,
      String frame) {
    cases.add(netWeird(name, detail, source, frame, frame(linkType, hex(frame))));
  }

  private static String ethernet(int type, String rest) {
    return "020000000001" + "020000000002" + String.format("%04x", type) + rest;
  }

  private static void links(List<FamilyCase> cases) {
    int frame = LinkType.ETHERNET;
    link(cases, "truncated_ethernet_frame", "", "ETHERNET", frame, ethernet(0x0806, "0001"));
    link(cases, "undefined_ether_type", "", "ETHERNET", frame, ethernet(1_510, "00".repeat(46)));
    link(cases, "truncated_VLAN_header", "", "VLAN", frame, ethernet(0x8100, "000108"));
    link(
        cases,
        "triple_tagged_vlan_unsupported",
        "inner VLAN tag overwritten",
        "VLAN",
        frame,
        ethernet(0x8100, "0001810000028100000386dd00"));
    link(cases, "truncated_link_header", "", "MPLS", frame, ethernet(0x8847, "00001040"));
    link(cases, "truncated_pppoe_header", "", "PPPOE", frame, ethernet(0x8864, "11000001000200"));
    String inside = HexFormat.of().formatHex(Conversation.udp(true, 1, 2, (byte) 1));
    int length = inside.length() / 2 + 2;
    String session = "11000001" + String.format("%04x", length) + "0021" + inside;
    link(
        cases,
        "pppoe_extra_data_after_payload",
        "",
        "PPPOE",
        frame,
        ethernet(0x8864, session + "00".repeat(9)));
    String longer = "11000001" + String.format("%04x", length + 9) + "0021" + inside;
    link(cases, "pppoe_truncated_payload", "", "PPPOE", frame, ethernet(0x8864, longer));
    link(cases, "truncated_ARP", "", "ARP", frame, ethernet(0x0806, "00010800060400010200"));
    link(cases, "truncated_vntag_header", "", "VNTAG", frame, ethernet(0x8926, "00000000"));
    link(cases, "truncated_PBB_header", "", "PBB", frame, ethernet(0x88E7, "00000000"));
    link(cases, "truncated_Linux_SLL_header", "", "LINUXSLL", LinkType.LINUX_SLL, "0000");
    link(cases, "truncated_Linux_SLL2_header", "", "LINUXSLL2", LinkType.LINUX_SLL2, "0800");
    link(cases, "null_analyzer_failed", "", "NULL", LinkType.NULL, "0200");
    link(cases, "truncated_ppp_header", "", "PPP", LinkType.PPP, "ff");
    link(cases, "truncated_ppp_serial_header", "", "PPPSERIAL", LinkType.PPP_SERIAL, "ff");
    link(cases, "truncated_802_11_header", "", "IEEE802_11", LinkType.IEEE802_11, "0801");
    link(
        cases,
        "truncated_radiotap_header",
        "",
        "IEEE802_11_RADIO",
        LinkType.IEEE802_11_RADIOTAP,
        "0000");
    link(cases, "truncated_nflog_header", "", "NFLOG", LinkType.NFLOG, "02000000");
    link(cases, "unknown_nflog_version", "", "NFLOG", LinkType.NFLOG, "0201000004000000");
    link(cases, "nflog_no_pcap_payload", "", "NFLOG", LinkType.NFLOG, "0200000004000100");
    link(cases, "nflog_bad_tlv_len", "", "NFLOG", LinkType.NFLOG, "0200000003000100");
    link(
        cases,
        "max_packet_analyzer_depth_exceeded",
        "",
        "ETHERNET",
        frame,
        ethernet(0x88E7, ("00".repeat(16) + "88e7").repeat(40)));
  }

  private static byte[] edited(byte[] packet, int at, int value) {
    byte[] copy = packet.clone();
    copy[at] = (byte) value;
    return copy;
  }

  private static void headers(List<FamilyCase> cases) {
    byte[] udp = Conversation.udp(true, 1, 2, new byte[20]);
    cases.add(netWeird("truncated_IP", "", "IP", "10 bytes", ip(Arrays.copyOf(udp, 10))));
    cases.add(netWeird("unknown_ip_version", "", "IP", "version 7", ip(edited(udp, 0, 0x75))));
    cases.add(netWeird("invalid_IP_header_size", "", "IP", "length 4", ip(edited(udp, 3, 4))));
    cases.add(
        packetWeird(
            "IPv4_min_header_size", "", "IP", "4 words of header", ip(edited(udp, 0, 0x44))));
    cases.add(netWeird("ip_hdr_len_zero", "", "IP", "length 0", ip(edited(udp, 3, 0))));
    cases.add(netWeird("truncated_IP_len", "", "IP", "length 255", ip(edited(udp, 3, 255))));
    byte[] bad = edited(udp, 8, 63);
    cases.add(packetWeird("bad_IP_checksum", "", "IP", "a changed byte", ip(bad)));
    cases.add(
        packetWeird(
            "bad_IP_checksum_in_tunnel",
            "",
            "IP",
            "the same inside another packet",
            ip(inside(IpProtocol.IPV4, bad))));
    cases.add(packetWeird("ipv6_no_next", "", "IP", "next header 59", ip(ipv6(59, ""))));
    cases.add(
        packetWeird(
            "truncated_header",
            "",
            "UDP",
            "4 bytes of UDP",
            ip(filled(Conversation.ip(true, IpProtocol.UDP, 4)))));
    cases.add(
        packetWeird(
            "internally_truncated_header",
            "",
            "UDP",
            "4 captured bytes of UDP",
            packets(9_999, conversation -> conversation.send(udp, 24, LinkType.RAW))));
    byte[] part = Conversation.ip(true, IpProtocol.UDP, 32);
    part[6] = 0x20;
    cases.add(
        packetWeird(
            "incompletely_captured_fragment",
            "",
            "IP",
            "a fragment that is cut",
            packets(9_999, conversation -> conversation.send(filled(part), 40, LinkType.RAW))));
    String mobility = "3b00050000000000";
    cases.add(packetWeird("bad_MH_checksum", "", "IP", "a checksum of 0", ip(ipv6(135, mobility))));
    byte[] piggyback = ipv6(135, "0600050000000000");
    MemorySegment segment = MemorySegment.ofArray(piggyback);
    long sum = Checksum.sum(segment, 40, 8) + Checksum.pseudoIpv6(segment, 0, 135, 8);
    Bytes.putU16(segment, 44, Checksum.finish(sum));
    cases.add(packetWeird("mobility_piggyback", "", "IP", "TCP behind it", ip(piggyback)));
  }

  private static byte[] filled(byte[] packet) {
    Ipv4.updateChecksum(MemorySegment.ofArray(packet), 0, IP_LENGTH);
    return packet;
  }

  private static byte[] inside(int protocol, byte... payload) {
    byte[] packet = Conversation.ip(true, protocol, payload.length);
    System.arraycopy(payload, 0, packet, IP_LENGTH, payload.length);
    return filled(packet);
  }

  private static byte[] ipv6(int next, String payload) {
    return hex(
        "60000000"
            + String.format("%04x%02x40", payload.replace(" ", "").length() / 2, next)
            + ADDRESSES
            + payload);
  }

  private static void extension(
      List<FamilyCase> cases, String name, String detail, String input, int next, String payload) {
    cases.add(packetWeird(name, detail, "", input, ip(ipv6(next, payload))));
  }

  private static void extensions(List<FamilyCase> cases) {
    String route = "2b020001" + "00000000" + "00".repeat(16);
    String lastRoute = "3b020001" + "00000000" + "00".repeat(16);
    extension(cases, "multiple_routing_headers", "", "two routes", 43, route + lastRoute);
    extension(cases, "routing0_hdr", "", "a route", 43, lastRoute);
    extension(
        cases,
        "odd_routing0_len",
        "",
        "a route of 3 words",
        43,
        "3b030001" + "00000000" + "00".repeat(24));
    extension(
        cases,
        "bad_routing2_len",
        "",
        "a route of type 2, 1 word",
        43,
        "3b010201" + "00000000" + "00".repeat(8));
    extension(cases, "unknown_routing_type", "9", "a route of type 9", 43, "3b00090100000000");
    extension(
        cases,
        "bad_ipv6_dest_opt_len",
        "",
        "an option of 9 bytes in 4",
        60,
        "3b00" + "1e0900000000");
    String home = "c910" + "00".repeat(16);
    extension(
        cases,
        "multiple_home_addr_opts",
        "",
        "two home addresses",
        60,
        "3b04" + home + home + "0000");
    extension(
        cases,
        "bad_home_addr_len",
        "",
        "a home address of 15 bytes",
        60,
        "3b02" + "c90f" + "00".repeat(15) + "0000000000");
    cases.add(
        netWeird(
            "truncated_IPv6_option",
            "",
            "",
            "an extension header of 4 bytes",
            ip(ipv6(0, "3b000000"))));
  }

  /** The ends of a flow are those of its checksums, wherever their addresses stand. */
  private static void ends(List<FamilyCase> cases) {
    String from = "2001:db8::1";
    String to = "2001:db8::2";
    String other = "20010db8" + "00".repeat(11) + "09";
    String station = "20010db8" + "00".repeat(11) + "08";
    String there = "2001:db8::9";
    String source = "11020001" + "00000000" + other;
    String twoStations = "11040002" + "00000000" + station + other;
    String mobile = "11020201" + "00000000" + other;
    String option = "c910" + other;
    end(cases, "the last address of a route is the responder", 43, source, from, there);
    end(cases, "of two stations the last one is", 43, twoStations, from, there);
    end(cases, "a mobile node's route leads to its home", 43, mobile, from, there);
    end(
        cases,
        "a route of no stations left changes nothing",
        43,
        "11020000" + source.substring(8),
        from,
        to);
    end(
        cases,
        "nor does one of an odd length",
        43,
        "11030001" + "00000000" + other + "00".repeat(8),
        from,
        to);
    end(cases, "nor one of another type", 43, "11020401" + "00000000" + other, from, to);
    end(
        cases,
        "a home address is the originator",
        60,
        "1102" + "0102" + "0000" + option,
        there,
        to);
    end(
        cases,
        "the first one of two is",
        60,
        "1104" + option + "c910" + station + "0000",
        there,
        to);
    end(
        cases,
        "one of 15 bytes is none",
        60,
        "1102" + "c90f" + other.substring(2) + "0000000000",
        from,
        to);
    end(
        cases,
        "both may be told in one packet",
        60,
        "2b02" + "0102" + "0000" + option + "1102000100000000" + station,
        there,
        "2001:db8::8");
    cases.add(
        netWeird(
            "invalid_IP_header_size",
            "",
            "IP",
            "an extension header longer than the packet says",
            ip(cutAt(ipv6(60, "1102" + "0112" + "00".repeat(20)), 16))));
  }

  private static byte[] cutAt(byte[] packet, int payloadLength) {
    byte[] said = packet.clone();
    said[4] = 0;
    said[5] = (byte) payloadLength;
    return said;
  }

  private static void end(
      List<FamilyCase> cases,
      String rule,
      int nextHeader,
      String extensions,
      String originator,
      String responder) {
    String datagram = "1388" + "2710" + "000c" + "0000" + "01020304";
    cases.add(
        new FamilyCase(
            rule,
            extensions,
            "conn",
            Map.of("id.orig_h", originator, "id.resp_h", responder, "proto", "udp"),
            ip(ipv6(nextHeader, extensions + datagram))));
  }

  private static byte[] fragment(int id, int offset, boolean more, int flags, byte... payload) {
    byte[] packet = Conversation.ip(true, IpProtocol.UDP, payload.length);
    System.arraycopy(payload, 0, packet, IP_LENGTH, payload.length);
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU16(segment, 4, id);
    Bytes.putU16(segment, 6, flags | (more ? 0x2000 : 0) | offset / 8);
    return filled(packet);
  }

  private static void fragments(List<FamilyCase> cases) {
    byte[] first = fragment(1, 0, true, 0, new byte[64]);
    cases.add(
        packetWeird(
            "excessively_small_fragment",
            "",
            "",
            "a first fragment of 60 bytes",
            ip(fragment(1, 0, true, 0, new byte[40]))));
    cases.add(
        packetWeird(
            "excessively_large_fragment",
            "",
            "",
            "a fragment that ends at 64,264",
            ip(fragment(1, 64_200, true, 0, new byte[64]))));
    cases.add(
        packetWeird(
            "fragment_with_DF",
            "",
            "",
            "a fragment with DF",
            ip(fragment(1, 0, true, 0x4000, new byte[64]))));
    cases.add(packetWeird("fragment_overlap", "", "", "the same twice", ip(first, first)));
    byte[] other = new byte[64];
    Arrays.fill(other, (byte) 1);
    cases.add(
        packetWeird(
            "fragment_inconsistency",
            "",
            "",
            "the same with other bytes",
            ip(first, fragment(1, 0, true, 0, other))));
    cases.add(
        packetWeird(
            "fragment_size_inconsistency",
            "",
            "",
            "two last fragments",
            ip(
                first,
                fragment(1, 128, false, 0, new byte[8]),
                fragment(1, 200, false, 0, new byte[8]))));
    cases.add(
        packetWeird(
            "fragment_protocol_inconsistency",
            "",
            "",
            "UDP, then TCP",
            ip(first, filled(edited(fragment(1, 64, true, 0, new byte[64]), 9, 6)))));
    String piece = "00".repeat(64);
    cases.add(
        packetWeird(
            "fragment_protocol_inconsistency",
            "",
            "",
            "IPv6: UDP, then TCP",
            ip(ipv6(44, "1100000100000001" + piece), ipv6(44, "0600004100000001" + piece))));
  }

  private static void datagrams(List<FamilyCase> cases) {
    byte[] udp = Conversation.udp(true, 1, 2, new byte[20]);
    byte[] longer = udp.clone();
    longer[IP_LENGTH + 5] = 99;
    Conversation.fillChecksums(longer);
    cases.add(
        weird("UDP_datagram_length_mismatch", "99 != 28", "UDP", "length 99 of 28", ip(longer)));
    cases.add(
        weird("bad_UDP_checksum", "", "UDP", "a changed byte", ip(edited(udp, udp.length - 1, 7))));
    byte[] icmp = Conversation.ip(true, IpProtocol.ICMP, 16);
    icmp[IP_LENGTH] = 8;
    cases.add(weird("bad_ICMP_checksum", "", "ICMP", "a checksum of 0", ip(filled(icmp))));
    Map<String, String> listeners =
        Map.of(
            "8200000000000000" + "00", "truncated_ICMPv6_MLDv1",
            "8f00000000000005" + "00".repeat(20), "truncated_ICMPv6_MLDv2",
            "8f00000000000001" + "00000009" + "00".repeat(16), "truncated_ICMPv6_MLDv2_record");
    listeners.forEach(
        (message, name) -> cases.add(weird(name, "", "ICMP", message, ip(listener(message)))));
  }

  private static byte[] listener(String message) {
    byte[] packet = ipv6(IpProtocol.ICMPV6, message);
    MemorySegment segment = MemorySegment.ofArray(packet);
    int length = packet.length - 40;
    long sum =
        Checksum.sum(segment, 40, length)
            + Checksum.pseudoIpv6(segment, 0, IpProtocol.ICMPV6, length);
    Bytes.putU16(segment, 42, Checksum.finish(sum));
    return packet;
  }

  private static void tunnel(
      List<FamilyCase> cases,
      String name,
      String detail,
      String source,
      String input,
      byte... packet) {
    cases.add(packetWeird(name, detail, source, input, ip(packet)));
  }

  private static byte[] udp(int port, String payload) {
    return Conversation.udp(true, 40_000, port, hex(payload));
  }

  private static void tunnels(List<FamilyCase> cases) {
    int gre = IpProtocol.GRE;
    tunnel(cases, "truncated_GRE", "", "GRE", "2 bytes", inside(gre, hex("0000")));
    tunnel(cases, "truncated_GRE", "", "GRE", "a key that lacks", inside(gre, hex("20000800")));
    tunnel(
        cases,
        "unknown_gre_version",
        "version=2",
        "GRE",
        "version 2",
        inside(gre, hex("0002080000000000")));
    tunnel(
        cases,
        "egre_protocol_type",
        "proto=2048",
        "GRE",
        "version 1 with IPv4",
        inside(gre, hex("000108000000000000")));
    tunnel(cases, "gre_routing", "", "GRE", "a route", inside(gre, hex("4000080000000000")));
    tunnel(
        cases, "unknown_gre_flags", "", "GRE", "flags 0x08", inside(gre, hex("0008080000000000")));
    tunnel(
        cases,
        "non_ip_packet_in_encap",
        "",
        "GRE",
        "PPP with LCP",
        inside(gre, hex("2001880b00000000c0210000")));
    byte[] udp = Conversation.udp(true, 1, 2, new byte[20]);
    tunnel(
        cases,
        "invalid_inner_IP_version",
        "",
        "IPTUNNEL",
        "IPv6 announced as IPv4",
        inside(IpProtocol.IPV4, ipv6(59, "")));
    tunnel(
        cases,
        "truncated_inner_IP",
        "",
        "IPTUNNEL",
        "10 bytes of IPv4",
        inside(IpProtocol.IPV4, Arrays.copyOf(udp, 10)));
    tunnel(
        cases,
        "inner_IP_payload_length_mismatch",
        "",
        "IPTUNNEL",
        "a byte more",
        inside(IpProtocol.IPV4, Arrays.copyOf(udp, udp.length + 1)));
    tunnel(
        cases, "vxlan_empty_packet", "", "VXLAN", "a header alone", udp(4789, "0800000000000100"));
    tunnel(
        cases,
        "geneve_empty_packet",
        "",
        "GENEVE",
        "a header alone",
        udp(6081, "0000655800000100"));
    tunnel(
        cases, "geneve_invalid_version", "1", "GENEVE", "version 1", udp(6081, "4000655800000100"));
    tunnel(
        cases,
        "ayiya_empty_packet",
        "",
        "AYIYA",
        "a header alone",
        udp(5072, "44521129000000000" + "0".repeat(71)));
    byte[] deep = udp;
    for (int i = 0; i < 8; i++) {
      deep = inside(IpProtocol.IPV4, deep);
    }
    tunnel(
        cases,
        "exceeded_tunnel_max_depth_in_tunnel",
        "",
        "IPTUNNEL",
        "8 packets in one another",
        deep);
    String bubble = "60000000" + "00003b40" + ADDRESSES;
    cases.add(
        weird(
            "Teredo_bubble_with_payload",
            "",
            "TEREDO",
            "a bubble and 3 bytes",
            ip(udp(3544, bubble + "010203"))));
    byte[] there = udp(3544, bubble);
    byte[] back = Conversation.udp(false, 40_000, 3544, hex(bubble));
    Map<String, String> teredo =
        Map.of(
            "60000000",
            "truncated_Teredo",
            "0001ff00" + "00".repeat(40),
            "truncated_Teredo_authentication",
            "0000" + "00".repeat(40),
            "truncated_IPv6_in_Teredo");
    teredo.forEach((payload, name) ->
        cases.add(weird(name, "", "TEREDO", payload, ip(there, back, udp(3544, payload)))));
    cases.add(
        new FamilyCase(
            "GRE over UDP is a tunnel between addresses",
            "port 4754",
            "tunnel",
            Map.of(
                "tunnel_type",
                "Tunnel::GRE",
                "id.orig_p",
                "0",
                "id.resp_p",
                "0",
                "action",
                "Tunnel::DISCOVER"),
            ip(udp(4754, "00000800" + HexFormat.of().formatHex(udp)))));
    cases.add(
        new FamilyCase(
            "ARP in Geneve confirms it",
            "protocol 0x6558, ARP",
            "conn",
            Map.of("service", "geneve"),
            ip(udp(6081, "0000655800000100" + ethernet(0x0806, "00".repeat(28))))));
    cases.add(
        new FamilyCase(
            "ARP in Geneve confirms it",
            "protocol 0x0806",
            "conn",
            Map.of("service", "geneve"),
            ip(udp(6081, "0000080600000100" + "00".repeat(28)))));
  }
}
