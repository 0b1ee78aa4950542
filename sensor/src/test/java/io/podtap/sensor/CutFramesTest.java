/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Udp;
import io.podtap.core.packet.Vxlan;
import io.podtap.sensor.TwoTaps.Sent;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import io.podtap.sensor.track.Weird;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets that a tap or a mirror has cut count as they were on the wire. */
class CutFramesTest {

  private static final Path KINDS = Path.of("../cli/src/main/image/kinds.pcap");

  /** What a cut does not change. */
  private static final Set<String> COUNTED =
      Set.of(
          "id.orig_h",
          "id.orig_p",
          "id.resp_h",
          "id.resp_p",
          "proto",
          "ts",
          "duration",
          "orig_bytes",
          "resp_bytes",
          "orig_pkts",
          "orig_ip_bytes",
          "resp_pkts",
          "resp_ip_bytes",
          "conn_state",
          "history",
          "missed_bytes");

  /** Ways in which a packet comes. */
  @SuppressWarnings("ImmutableEnumChecker") // method references without state
  enum Shape {
    PLAIN(UnaryOperator.identity()),
    VLAN(CutFramesTest::tagged),
    IN_VXLAN(CutFramesTest::inVxlan),
    IN_IP(CutFramesTest::inIpv6);

    private final UnaryOperator<byte[]> form;

    Shape(UnaryOperator<byte[]> form) {
      this.form = form;
    }
  }

  private static byte[] tagged(byte[] frame) {
    byte[] tagged = new byte[frame.length + 4];
    System.arraycopy(frame, 0, tagged, 0, 12);
    Bytes.putU16(MemorySegment.ofArray(tagged), 12, 0x8100);
    Bytes.putU16(MemorySegment.ofArray(tagged), 14, 7);
    System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
    return tagged;
  }

  private static byte[] inVxlan(byte[] frame) {
    return outer(frame, frame.length);
  }

  /** A frame in VXLAN in UDP in IPv4, of which a mirror has sent the first bytes. */
  private static byte[] outer(byte[] frame, int bytes) {
    int udp = Udp.HEADER_LENGTH + Vxlan.HEADER_LENGTH + bytes;
    byte[] outer = new byte[Ethernet.HEADER_LENGTH + Ipv4.HEADER_LENGTH_MIN + udp];
    MemorySegment segment = MemorySegment.ofArray(outer);
    int ip = Ethernet.HEADER_LENGTH;
    Bytes.putU16(segment, 12, Ethernet.TYPE_IPV4);
    Bytes.putU8(segment, ip, 0x45);
    Ipv4.totalLength(segment, ip, Ipv4.HEADER_LENGTH_MIN + udp);
    Bytes.putU8(segment, ip + 8, 64);
    Bytes.putU8(segment, ip + 9, IpProtocol.UDP);
    Bytes.putI32(segment, ip + 12, 0x0A01_0001);
    Bytes.putI32(segment, ip + 16, 0x0A01_0002);
    Ipv4.updateChecksum(segment, ip, Ipv4.HEADER_LENGTH_MIN);
    int at = ip + Ipv4.HEADER_LENGTH_MIN;
    Bytes.putU16(segment, at, 50_000);
    Bytes.putU16(segment, at + 2, Vxlan.PORT);
    Udp.length(segment, at, udp);
    Bytes.putU8(segment, at + 8, 0x08);
    System.arraycopy(frame, 0, outer, outer.length - bytes, bytes);
    return outer;
  }

  private static byte[] inIpv6(byte[] frame) {
    int payload = frame.length - Ethernet.HEADER_LENGTH;
    byte[] outer = new byte[frame.length + Ipv6.HEADER_LENGTH];
    MemorySegment segment = MemorySegment.ofArray(outer);
    int ip = Ethernet.HEADER_LENGTH;
    Bytes.putU16(segment, 12, Ethernet.TYPE_IPV6);
    Bytes.putU8(segment, ip, 0x60);
    Ipv6.payloadLength(segment, ip, payload);
    boolean version4 = (frame[ip] >> 4) == 4;
    Bytes.putU8(segment, ip + 6, version4 ? IpProtocol.IPV4 : IpProtocol.IPV6);
    Bytes.putU8(segment, ip + 23, 1);
    Bytes.putU8(segment, ip + 39, 2);
    System.arraycopy(frame, ip, outer, ip + Ipv6.HEADER_LENGTH, payload);
    return outer;
  }

  private static List<Sent> frames(UnaryOperator<byte[]> form) throws IOException {
    List<Sent> frames = new ArrayList<>();
    for (Sent sent : TwoTaps.read(KINDS)) {
      Headers headers = new Headers();
      headers.locate(MemorySegment.ofArray(sent.bytes()), 0, sent.bytes().length, sent.linkType());
      if (headers.ipVersion() != 0 && sent.linkType() == LinkType.ETHERNET) {
        frames.add(new Sent(sent.timeNs(), form.apply(sent.bytes()), sent.linkType()));
      }
    }
    assertThat(frames).hasSizeGreaterThan(100);
    return frames;
  }

  /** Returns where the transport header of the innermost packet ends. */
  private static int headersEnd(byte[] bytes) {
    MemorySegment segment = MemorySegment.ofArray(bytes);
    Headers headers = new Headers().locate(segment, 0, bytes.length, LinkType.ETHERNET);
    if (headers.protocol() == IpProtocol.UDP && headers.destinationPort() == Vxlan.PORT) {
      int at = (int) headers.payloadOffset() + Vxlan.HEADER_LENGTH;
      headers.locate(segment, at, bytes.length - at, LinkType.ETHERNET);
    } else if (headers.protocol() == IpProtocol.IPV4 || headers.protocol() == IpProtocol.IPV6) {
      int at = (int) headers.transportOffset();
      headers.locateIp(segment, at, bytes.length - at);
    }
    int end = (int) headers.payloadOffset();
    return headers.protocol() == IpProtocol.ICMP ? end + 8 : end;
  }

  private record Result(MemorySink sink, Analysis analysis) {}

  private static Result analyse(List<Sent> frames, boolean cut, boolean lengthKnown, boolean taps) {
    MemorySink sink = new MemorySink();
    Analysis analysis =
        new Analysis(new Tracker.Settings(10_000, true, 1), sink, taps ? tap -> "tap" + tap : null);
    Frame frame = new Frame();
    for (Sent sent : frames) {
      byte[] bytes = sent.bytes();
      int captured = cut ? Math.min(headersEnd(bytes), bytes.length) : bytes.length;
      frame.wrap(MemorySegment.ofArray(bytes), 0, captured, bytes.length, sent.timeNs());
      if (!lengthKnown) {
        frame.wrap(MemorySegment.ofArray(bytes), 0, captured, captured, sent.timeNs());
        frame.originalLengthUnknown();
      }
      analysis.onFrame(frame.origin(LinkType.ETHERNET, 0, /* outgoing= */ false));
    }
    analysis.close();
    return new Result(sink, analysis);
  }

  private static List<Map<String, String>> counted(MemorySink sink, String... without) {
    Set<String> left = Set.of(without);
    return TwoTaps.comparable(sink, "conn", name -> !COUNTED.contains(name) || left.contains(name));
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void headersAloneCountAsTheWholePacket(Shape shape) throws IOException {
    List<Sent> frames = frames(shape.form);

    Result whole = analyse(frames, /* cut= */ false, /* lengthKnown= */ false, /* taps= */ true);
    Result cut = analyse(frames, /* cut= */ true, /* lengthKnown= */ false, /* taps= */ true);
    Result told = analyse(frames, /* cut= */ true, /* lengthKnown= */ true, /* taps= */ true);

    assertThat(counted(cut.sink)).isEqualTo(counted(whole.sink)).hasSizeGreaterThan(10);
    assertThat(counted(told.sink)).isEqualTo(counted(whole.sink));
    assertThat(cut.analysis.weirds().count(Weird.TRUNCATED_IP_LENGTH)).isZero();
    assertThat(cut.analysis.weirds().count(Weird.TRUNCATED_TCP_PAYLOAD)).isZero();
    assertThat(cut.analysis.load().cutPackets()).isPositive();
    assertThat(whole.analysis.load().cutPackets()).isZero();
    long cutBytes =
        cut.sink.rows("conn").stream()
            .mapToLong(row -> Long.parseLong(row.get("tap.cut_bytes")))
            .sum();
    assertThat(cut.analysis.load().cutBytes()).isEqualTo(cutBytes).isPositive();
  }

  /** As in Zeek, what a capture file lacks of a stream counts as missed. */
  @Test
  void packetsThatAMirrorHasCutCountWholeInAFile() throws IOException {
    List<Sent> whole = frames(CutFramesTest::inVxlan);
    List<Sent> cut = frames(frame -> outer(frame, Math.min(headersEnd(frame), frame.length)));

    Result expected = analyse(whole, /* cut= */ false, /* lengthKnown= */ true, /* taps= */ false);
    Result actual = analyse(cut, /* cut= */ false, /* lengthKnown= */ true, /* taps= */ false);

    assertThat(inner(counted(actual.sink, "missed_bytes", "history")))
        .isEqualTo(inner(counted(expected.sink, "missed_bytes", "history")))
        .hasSizeGreaterThan(10);
    assertThat(actual.analysis.weirds().count(Weird.TRUNCATED_IP_LENGTH)).isZero();
  }

  private static List<Map<String, String>> inner(List<Map<String, String>> rows) {
    return rows.stream()
        .filter(row -> !Integer.toString(Vxlan.PORT).equals(row.get("id.resp_p")))
        .toList();
  }

  @Test
  void aPacketThatClaimsMoreThanItsFrameHadIsWrong() {
    byte[] datagram = Conversation.udp(true, 5_000, 6_000, new byte[40]);
    Ipv4.totalLength(MemorySegment.ofArray(datagram), 0, datagram.length + 100);
    Ipv4.updateChecksum(MemorySegment.ofArray(datagram), 0, Ipv4.HEADER_LENGTH_MIN);
    List<Sent> frames =
        List.of(new Sent(Conversation.START_NS, tagged(inEthernet(datagram)), LinkType.ETHERNET));

    Result result = analyse(frames, /* cut= */ false, /* lengthKnown= */ true, /* taps= */ true);

    assertThat(result.analysis.weirds().count(Weird.TRUNCATED_IP_LENGTH)).isEqualTo(1);
    assertThat(result.sink.rows("conn")).isEmpty();
  }

  private static byte[] inEthernet(byte[] packet) {
    byte[] frame = new byte[Ethernet.HEADER_LENGTH + packet.length];
    Bytes.putU16(MemorySegment.ofArray(frame), 12, Ethernet.TYPE_IPV4);
    System.arraycopy(packet, 0, frame, Ethernet.HEADER_LENGTH, packet.length);
    return frame;
  }

  @Test
  void fragmentsOfWhichHeadersAloneAreThereCountAsTheirDatagram() {
    byte[] datagram = Conversation.udp(true, 5_000, 6_000, new byte[3_000]);
    List<Sent> pieces = new ArrayList<>();
    int data = datagram.length - Ipv4.HEADER_LENGTH_MIN;
    for (int at = 0; at < data; at += 1_000) {
      int length = Math.min(1_000, data - at);
      byte[] piece = new byte[Ipv4.HEADER_LENGTH_MIN + length];
      System.arraycopy(datagram, 0, piece, 0, Ipv4.HEADER_LENGTH_MIN);
      System.arraycopy(datagram, Ipv4.HEADER_LENGTH_MIN + at, piece, 20, length);
      MemorySegment segment = MemorySegment.ofArray(piece);
      Ipv4.totalLength(segment, 0, piece.length);
      Bytes.putU16(segment, 4, 77);
      Ipv4.fragmentWord(segment, 0, at / 8 | (at + length < data ? 0x2000 : 0));
      Ipv4.updateChecksum(segment, 0, Ipv4.HEADER_LENGTH_MIN);
      pieces.add(new Sent(Conversation.START_NS + at, inEthernet(piece), LinkType.ETHERNET));
    }

    Result whole = analyse(pieces, /* cut= */ false, /* lengthKnown= */ false, /* taps= */ true);
    Result cut = analyse(pieces, /* cut= */ true, /* lengthKnown= */ false, /* taps= */ true);

    assertThat(counted(cut.sink)).isEqualTo(counted(whole.sink)).hasSize(1);
    assertThat(cut.sink.rows("conn").getFirst())
        .containsEntry("orig_pkts", "1")
        .containsEntry("orig_ip_bytes", Integer.toString(datagram.length));
  }
}
