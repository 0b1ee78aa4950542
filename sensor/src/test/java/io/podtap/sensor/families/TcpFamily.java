/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import static io.podtap.sensor.families.FamilyCase.packets;
import static io.podtap.sensor.families.FamilyCase.weird;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Tcp;
import io.podtap.sensor.Conversation;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is weird about segments and states of TCP. */
final class TcpFamily {

  private static final int PORT = 9_999;

  private TcpFamily() {}

  static Family family() {
    List<FamilyCase> cases = new ArrayList<>();
    words(cases);
    segments(cases);
    return new Family("tcp", cases);
  }

  private static void say(List<FamilyCase> cases, String name, String source, String words) {
    cases.add(
        weird(name, "", source, words, packets(PORT, conversation -> conversation.say(words))));
  }

  private static void words(List<FamilyCase> cases) {
    say(cases, "inappropriate_FIN", "TCP", ">S >F");
    say(cases, "data_before_established", "TCP", ">S >5");
    say(cases, "SYN_after_close", "TCP", ">S <SA >A >F >SA");
    say(cases, "SYN_after_reset", "TCP", ">S <SA >A >R >SA");
    say(cases, "SYN_with_data", "TCP", ">S5");
    say(cases, "SYN_seq_jump", "", ">S <SA >A <SA");
    say(cases, "SYN_inside_connection", "", ">S <SA >A >10 <20 >SA");
    say(cases, "FIN_advanced_last_seq", "TCP", ">S <SA >A >F >5F");
    say(cases, "data_after_reset", "TCP", ">S <SA >A >R >5");
    say(cases, "TCP_christmas", "TCP", ">SRA");
    say(cases, "possible_split_routing", "", ">S >A");
    say(cases, "active_connection_reuse", "TCP", ">S <SA >A >10 >S");
    say(cases, "premature_connection_reuse", "TCP", ">S <SA >A >F <F >A >S");
    say(cases, "bad_TCP_checksum", "TCP", ">S <SA !>A");
  }

  private static byte[] segment(
      boolean fromClient, int flags, int sequence, int acknowledged, int payload) {
    byte[] packet = Conversation.tcp(fromClient, PORT, flags, sequence, acknowledged, payload);
    Conversation.fillChecksums(packet);
    return packet;
  }

  private static void segments(
      List<FamilyCase> cases,
      String name,
      String detail,
      String source,
      String input,
      byte[]... all) {
    cases.add(
        weird(
            name,
            detail,
            source,
            input,
            packets(
                PORT,
                conversation -> {
                  for (byte[] packet : all) {
                    conversation.send(packet);
                  }
                })));
  }

  /** Returns a SYN whose data are in truth an option, padded. */
  private static byte[] synWithOption(int... option) {
    byte[] packet = Conversation.tcp(true, PORT, Tcp.SYN, 1_000, 0, 4);
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU8(segment, Ipv4.HEADER_LENGTH_MIN + 12L, 6 << 4);
    for (int i = 0; i < 4; i++) {
      packet[Ipv4.HEADER_LENGTH_MIN + Tcp.HEADER_LENGTH_MIN + i] =
          (byte) (i < option.length ? option[i] : 0);
    }
    Conversation.fillChecksums(packet);
    return packet;
  }

  private static byte[] withWindow(byte[] packet, int window) {
    Bytes.putU16(MemorySegment.ofArray(packet), Ipv4.HEADER_LENGTH_MIN + 14L, window);
    Conversation.fillChecksums(packet);
    return packet;
  }

  private static void segments(List<FamilyCase> cases) {
    byte[] syn = segment(true, Tcp.SYN, 1_000, 0, 0);
    byte[] synAck = segment(false, Tcp.SYN | Tcp.ACK, 5_000, 1_001, 0);
    byte[] ack = segment(true, Tcp.ACK, 1_001, 5_001, 0);
    segments(
        cases,
        "connection_originator_SYN_ack",
        "",
        "TCP",
        "SYN-ACK first",
        segment(true, Tcp.SYN | Tcp.ACK, 1_000, 1, 0));
    segments(
        cases,
        "simultaneous_open",
        "",
        "TCP",
        "SYNs of the same number from both ends",
        syn,
        segment(false, Tcp.SYN, 1_000, 0, 0));
    byte[] answered = segment(true, Tcp.ACK, 1_001, 5_001, 5);
    cases.add(
        new FamilyCase(
            "a SYN-ACK that comes first is the originator's until it is answered",
            "SYN-ACK from a port that nothing is known by",
            "conn",
            Map.of("id.orig_h", "192.0.2.1", "history", "H"),
            packets(PORT, conversation -> conversation.send(synAck))));
    cases.add(
        new FamilyCase(
            "a SYN-ACK that comes first is the responder's once it is answered",
            "SYN-ACK from a port that nothing is known by, data",
            "conn",
            Map.of("id.orig_h", "10.0.0.1", "history", "^hD"),
            packets(PORT, conversation -> conversation.send(synAck).send(answered))));
    cases.add(
        new FamilyCase(
            "SYN_after_partial",
            "data, then the SYN before it",
            "weird",
            Map.of("name", "SYN_after_partial", "notice", "T", "source", "TCP", "uid", "*"),
            packets(
                PORT,
                conversation ->
                    conversation.send(segment(true, Tcp.ACK, 1_001, 5_001, 5)).send(syn))));
    segments(cases, "TCP_scale_range", "15", "TCP", "a SYN of scale 15", synWithOption(3, 3, 15));
    segments(
        cases,
        "baroque_SYN",
        "",
        "TCP",
        "a SYN with URG",
        segment(true, Tcp.SYN | Tcp.URG, 1_000, 0, 0));
    segments(
        cases,
        "repeated_SYN_with_ack",
        "",
        "TCP",
        "SYN, then the same as SYN-ACK",
        syn,
        segment(true, Tcp.SYN | Tcp.ACK, 1_000, 1, 0));
    segments(
        cases,
        "bad_SYN_ack",
        "",
        "TCP",
        "a SYN-ACK of another SYN",
        syn,
        segment(false, Tcp.SYN | Tcp.ACK, 5_000, 9_001, 0));
    segments(
        cases,
        "TCP_seq_underflow_or_misorder",
        "",
        "TCP",
        "a segment before the SYN",
        syn,
        synAck,
        ack,
        segment(true, Tcp.ACK, 500, 5_001, 5));
    segments(
        cases,
        "TCP_ack_underflow_or_misorder",
        "",
        "TCP",
        "an acknowledgment before the SYN",
        syn,
        synAck,
        segment(true, Tcp.ACK, 1_001, 4_000, 0));
    segments(
        cases,
        "window_recision",
        "",
        "",
        "a window of 1,000, then of 10",
        syn,
        synAck,
        ack,
        withWindow(segment(true, Tcp.ACK, 1_001, 5_001, 0), 10));
    segments(
        cases,
        "above_hole_data_without_any_acks",
        "",
        "TCP",
        "20,000 bytes above a hole",
        syn,
        segment(true, Tcp.ACK, 1_500, 5_001, 10_000),
        segment(true, Tcp.ACK, 11_500, 5_001, 10_000));
    byte[] cut = Conversation.tcp(true, PORT, Tcp.SYN, 1_000, 0, 0);
    Bytes.putU8(MemorySegment.ofArray(cut), Ipv4.HEADER_LENGTH_MIN + 12L, 4 << 4);
    Conversation.fillChecksums(cut);
    segments(cases, "bad_TCP_header_len", "", "TCP", "a header of 16 bytes", cut);
    byte[][] fins = new byte[1_003][];
    byte[][] resets = new byte[1_003][];
    for (int i = 0; i < fins.length; i++) {
      fins[i] = segment(true, Tcp.FIN | Tcp.ACK, 1_001, 5_001, 0);
      resets[i] = segment(true, Tcp.RST, 1_001, 0, 0);
    }
    fins[0] = syn;
    resets[0] = syn;
    fins[1] = synAck;
    resets[1] = synAck;
    fins[2] = ack;
    resets[2] = ack;
    segments(cases, "FIN_storm", "", "TCP", "1,000 FINs", fins);
    segments(cases, "RST_storm", "", "TCP", "1,000 RSTs", resets);
    cases.add(
        weird(
            "truncated_tcp_payload",
            "",
            "TCP",
            "a capture that cuts data",
            packets(
                PORT,
                conversation -> {
                  conversation.send(syn).send(synAck).send(ack);
                  byte[] data = segment(true, Tcp.ACK, 1_001, 5_001, 50);
                  conversation.send(data, 60, LinkType.RAW);
                })));
  }
}
