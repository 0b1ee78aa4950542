/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.core.report.Counters;
import io.podtap.core.testing.Allocation;
import io.podtap.tap.testing.FrameBuilder;
import io.podtap.tap.testing.Verifier;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SegmenterTest {

  /** What an MTU of 1500 leaves for an inner frame: 1500 - 20 - 8 - 8. */
  private static final int FITS = 1_464;

  private final Arena arena = Arena.ofConfined();
  private final Counters<SegmentEvent> events = new Counters<>(SegmentEvent.class);
  private final Random random = new Random(42);
  private final MemorySegment target = arena.allocate(70_000);

  @AfterEach
  void closeMemory() {
    arena.close();
  }

  private static final class Link {
    final long packetOffset;
    final byte[] header;

    Link(Frame frame, Headers headers) {
      packetOffset = headers.ipOffset() >= 0 ? headers.ipOffset() : frame.offset() + 14;
      header =
          frame
              .segment()
              .asSlice(frame.offset(), packetOffset - frame.offset())
              .toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** Cuts a frame and returns the packets, each with its link-layer header. */
  private List<byte[]> cut(Frame frame, int frameBytesMax, int snaplen) {
    Headers headers =
        new Headers().locate(frame.segment(), frame.offset(), frame.length(), LinkType.ETHERNET);
    Link link = new Link(frame, headers);
    Segmenter segmenter = new Segmenter(arena, new SegmentSettings(snaplen), events);
    int count =
        segmenter.plan(frame, headers, link.packetOffset, link.header.length, frameBytesMax);
    assertThat(count).isPositive();
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = segmenter.length(i);
      target.asSlice(0, length + 4L).fill((byte) 0xA5);
      segmenter.write(i, target, 3);
      assertThat(target.get(ValueLayout.JAVA_BYTE, 2)).isEqualTo((byte) 0xA5);
      assertThat(target.get(ValueLayout.JAVA_BYTE, 3L + length))
          .as("written past packet " + i)
          .isEqualTo((byte) 0xA5);
      byte[] packet = target.asSlice(3, length).toArray(ValueLayout.JAVA_BYTE);
      byte[] whole = Arrays.copyOf(link.header, link.header.length + length);
      System.arraycopy(packet, 0, whole, link.header.length, length);
      assertThat(whole.length).isLessThanOrEqualTo(Math.min(frameBytesMax, snaplen));
      packets.add(whole);
    }
    return packets;
  }

  private List<byte[]> cut(Frame frame) {
    return cut(frame, FITS, SegmentSettings.SNAPLEN_MAX);
  }

  private Frame superFrame(FrameBuilder builder, int type, int size) {
    return FrameBuilder.frame(arena, builder.partialChecksum().build())
        .gso(type, size)
        .checksumNeeded(builder.transportOffset(), builder.checksumOffset());
  }

  private static byte[] join(List<byte[]> pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pieces.forEach(out::writeBytes);
    return out.toByteArray();
  }

  private static void assertStream(List<byte[]> packets, FrameBuilder original, int firstSequence) {
    int sequence = firstSequence;
    List<byte[]> pieces = new ArrayList<>();
    for (byte[] packet : packets) {
      Verifier read = Verifier.read(packet).checksummed();
      assertThat(read.sequence()).isEqualTo(sequence);
      pieces.add(read.payload());
      sequence += read.payload().length;
    }
    assertThat(join(pieces)).isEqualTo(original.payload());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1_397, 1_398, 1_399, 2_796, 2_797, 20_000, 64_000, 65_483})
  void cutsTcpOverIpv4ToWhatFits(int payload) {
    FrameBuilder builder = new FrameBuilder().tcpOptions(12).payload(random, payload);
    List<byte[]> packets = cut(superFrame(builder, Frame.GSO_TCPV4, 1_448));

    assertThat(packets).hasSize((payload + 1_397) / 1_398);
    assertStream(packets, builder, 0xFFFF_FF00);
    for (int i = 0; i < packets.size(); i++) {
      Verifier read = Verifier.read(packets.get(i));
      assertThat(read.identification()).isEqualTo(0x1234 + i);
      assertThat(read.fragmentWord()).as("DF stays").isEqualTo(0x4000);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1_377, 1_378, 1_379, 40_000, 65_000})
  void cutsTcpOverIpv6ToWhatFits(int payload) {
    FrameBuilder builder = new FrameBuilder().ipv6().tcpOptions(12).payload(random, payload);
    List<byte[]> packets = cut(superFrame(builder, Frame.GSO_TCPV6, 1_428));

    assertThat(packets).hasSize((payload + 1_377) / 1_378);
    assertStream(packets, builder, 0xFFFF_FF00);
  }

  @Test
  void keepsTheSegmentsOfTheWireWhenTheyFit() {
    FrameBuilder builder = new FrameBuilder().payload(random, 5_000);
    List<byte[]> packets = cut(superFrame(builder, Frame.GSO_TCPV4, 500));

    assertThat(packets).hasSize(10).allMatch(packet -> packet.length == 554);
    assertStream(packets, builder, 0xFFFF_FF00);
  }

  @Test
  void keepsCwrOnTheFirstAndFinAndPushOnTheLastSegment() {
    FrameBuilder builder = new FrameBuilder().tcpFlags(0xD9).payload(random, 4_000);
    List<byte[]> packets = cut(superFrame(builder, Frame.GSO_TCPV4 | Frame.GSO_ECN, 1_000));

    assertThat(packets.stream().map(packet -> Verifier.read(packet).tcpFlags()))
        .containsExactly(0xD0, 0x50, 0x50, 0x59);
  }

  @Test
  void countsTheIdentificationUpAcrossItsEnd() {
    FrameBuilder builder = new FrameBuilder().identification(0xFFFF).payload(random, 3_000);
    List<byte[]> packets = cut(superFrame(builder, Frame.GSO_TCPV4, 1_000));

    assertThat(packets.stream().map(packet -> Verifier.read(packet).identification()))
        .containsExactly(0xFFFF, 0, 1);
  }

  @Test
  void copiesExtensionHeadersTagsAndOptionsIntoEverySegment() {
    byte[] hopByHop = {0, 0, 5, 2, 0, 0, 1, 0};
    byte[] destination = {0, 1, 1, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    FrameBuilder ipv6 =
        new FrameBuilder()
            .tag(0x88A8, 0x2064)
            .tag(0x8100, 0x0065)
            .ipv6()
            .extension(0, hopByHop)
            .extension(60, destination)
            .tcpOptions(40)
            .payload(random, 10_000);
    List<byte[]> packets = cut(superFrame(ipv6, Frame.GSO_TCPV6, 1_400));
    assertStream(packets, ipv6, 0xFFFF_FF00);
    assertThat(packets).allMatch(packet -> Verifier.read(packet).vlanTags() == 2);
    assertThat(packets).allMatch(packet -> Verifier.read(packet).header().length == 64);

    FrameBuilder ipv4 = new FrameBuilder().ipOptions(40).payload(random, 10_000);
    assertStream(cut(superFrame(ipv4, Frame.GSO_TCPV4, 1_400)), ipv4, 0xFFFF_FF00);
  }

  @Test
  void cutsBigTcpOfBothKinds() {
    FrameBuilder ipv4 = new FrameBuilder().bigLength().tcpOptions(12).payload(random, 190_001);
    assertStream(cut(superFrame(ipv4, Frame.GSO_TCPV4, 1_448)), ipv4, 0xFFFF_FF00);

    byte[] jumbo = {0, 0, (byte) 0xC2, 4, 0, 3, 0, 0};
    FrameBuilder older =
        new FrameBuilder().ipv6().bigLength().extension(0, jumbo).payload(random, 190_001);
    List<byte[]> packets = cut(superFrame(older, Frame.GSO_TCPV6, 1_428));
    assertStream(packets, older, 0xFFFF_FF00);
    assertThat(packets).allMatch(packet -> Verifier.read(packet).header().length == 40);

    FrameBuilder newer = new FrameBuilder().ipv6().bigLength().payload(random, 190_001);
    assertStream(cut(superFrame(newer, Frame.GSO_TCPV6, 1_428)), newer, 0xFFFF_FF00);
    assertThat(events.get(SegmentEvent.BIG_FRAME)).isEqualTo(3);
  }

  @Test
  void removesTheJumboHeaderInFrontOfAnotherExtension() {
    byte[] jumbo = {0, 0, (byte) 0xC2, 4, 0, 3, 0, 0};
    byte[] destination = {0, 0, 1, 4, 0, 0, 0, 0};
    FrameBuilder builder =
        new FrameBuilder()
            .ipv6()
            .bigLength()
            .extension(0, jumbo)
            .extension(60, destination)
            .payload(random, 100_000);
    List<byte[]> packets = cut(superFrame(builder, Frame.GSO_TCPV6, 1_428));
    assertStream(packets, builder, 0xFFFF_FF00);
    assertThat(packets).allMatch(packet -> Verifier.read(packet).header().length == 48);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutsUdpSuperFramesIntoTheDatagramsOfTheWire(boolean ipv6) {
    for (int payload : new int[] {1, 1_199, 1_200, 1_201, 2_400, 60_001}) {
      FrameBuilder builder = new FrameBuilder().udp().payload(random, payload);
      if (ipv6) {
        builder.ipv6();
      }
      List<byte[]> packets = cut(superFrame(builder, Frame.GSO_UDP_L4, 1_200));

      assertThat(packets).hasSize((payload + 1_199) / 1_200);
      List<byte[]> pieces = new ArrayList<>();
      packets.forEach(packet -> pieces.add(Verifier.read(packet).checksummed().payload()));
      assertThat(join(pieces)).isEqualTo(builder.payload());
    }
  }

  @Test
  void leavesOutTheUdpChecksumWhenItsSenderDid() {
    FrameBuilder builder = new FrameBuilder().udp().noUdpChecksum().payload(random, 3_000);
    Frame frame = FrameBuilder.frame(arena, builder.build()).gso(Frame.GSO_UDP_L4, 1_000);

    assertThat(cut(frame))
        .hasSize(3)
        .allMatch(packet -> Verifier.u16(Verifier.read(packet).transport(), 6) == 0);
  }

  @Test
  void cutsDatagramsThatDoNotFitIntoFragments() {
    FrameBuilder builder =
        new FrameBuilder().udp().fragmentWord(0).payload(random, 1_472 * 3 + 100);
    List<byte[]> packets = cut(superFrame(builder, Frame.GSO_UDP_L4, 1_472));

    assertThat(packets).hasSize(7);
    List<byte[]> datagrams = reassemble(packets);
    assertThat(datagrams).hasSize(4);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (byte[] datagram : datagrams) {
      payload.writeBytes(Verifier.read(datagram).checksummed().payload());
    }
    assertThat(payload.toByteArray()).isEqualTo(builder.payload());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fragmentsDatagramsOfASuperFrameThoughTheirSenderForbadeIt(boolean ipv6) {
    int fits = FITS - 14 - (ipv6 ? 40 : 20) - 8;
    for (int tail : new int[] {1, 100, fits, fits + 1, 1_472}) {
      FrameBuilder builder = new FrameBuilder().udp().payload(random, 1_472 * 3 + tail);
      if (ipv6) {
        builder.ipv6();
      }
      List<byte[]> packets = cut(superFrame(builder, Frame.GSO_UDP_L4, 1_472));
      List<byte[]> whole = ipv6 ? reassembleIpv6(packets) : reassemble(packets);

      assertThat(whole).hasSize(4);
      List<byte[]> pieces = new ArrayList<>();
      whole.forEach(one -> pieces.add(Verifier.read(one).checksummed().payload()));
      assertThat(join(pieces)).isEqualTo(builder.payload());
      assertThat(packets).as("no fragment where none is needed").hasSize(tail <= fits ? 7 : 8);
    }
    assertThat(events.get(SegmentEvent.DONT_FRAGMENT_OVERRULED)).isEqualTo(5);
    assertThat(events.get(SegmentEvent.TRUNCATED_TO_FIT)).isZero();
  }

  @Test
  void completesAChecksumLeftToTheDevice() {
    for (int protocol : new int[] {6, 17}) {
      for (int payload : new int[] {0, 1, 2, 3, 700, 1_000}) {
        FrameBuilder builder =
            new FrameBuilder().protocol(protocol).trailer(5).payload(random, payload);
        Frame frame = superFrame(builder, Frame.GSO_NONE, 0);
        List<byte[]> packets = cut(frame);
        assertThat(packets).hasSize(1);
        byte[] packet = packets.getFirst();
        assertThat(packet).endsWith((byte) 0xEE, (byte) 0xEE);
        Verifier.read(Arrays.copyOf(packet, packet.length - 5)).checksummed();
      }
    }
    assertThat(events.get(SegmentEvent.CHECKSUM_COMPLETED)).isEqualTo(12);
  }

  @Test
  void writesAllOnesForAUdpChecksumOfZero() {
    byte[] payload = new byte[2];
    FrameBuilder probe = new FrameBuilder().udp().payload(payload);
    int checksum = Verifier.u16(probe.build(), 14 + 20 + 6);
    FrameBuilder builder =
        new FrameBuilder().udp().payload(new byte[] {(byte) (checksum >> 8), (byte) checksum});
    byte[] packet = cut(superFrame(builder, Frame.GSO_NONE, 0)).getFirst();

    assertThat(Verifier.u16(packet, 14 + 20 + 6)).isEqualTo(0xFFFF);
    Verifier.read(packet).checksummed();
  }

  @Test
  void writesZeroForATcpChecksumOfZero() {
    byte[] payload = {0, 0, 1, 2};
    FrameBuilder builder = new FrameBuilder().payload(payload);
    int checksum = Verifier.u16(builder.build(), 34 + 16);
    payload[0] = (byte) (checksum >>> 8);
    payload[1] = (byte) checksum;
    builder = new FrameBuilder().partialChecksum().payload(payload);

    Frame frame = FrameBuilder.frame(arena, builder.build()).checksumNeeded(34, 16);
    assertThat(Verifier.u16(cut(frame).getFirst(), 34 + 16)).isZero();
  }

  @Test
  void completesSctpChecksums() {
    byte[] sctp = "....    ....123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    FrameBuilder builder = new FrameBuilder().protocol(132).payload(sctp);
    Frame frame = FrameBuilder.frame(arena, builder.build()).checksumNeeded(34, 8);
    byte[] packet = cut(frame).getFirst();

    byte[] zeroed = sctp.clone();
    Arrays.fill(zeroed, 8, 12, (byte) 0);
    java.util.zip.CRC32C oracle = new java.util.zip.CRC32C();
    oracle.update(zeroed);
    int expected = Integer.reverseBytes((int) oracle.getValue());
    assertThat((Verifier.u16(packet, 42) << 16) | Verifier.u16(packet, 44)).isEqualTo(expected);
  }

  @Test
  void leavesAnIncompleteChecksumWhenBytesAreMissing() {
    FrameBuilder builder = new FrameBuilder().partialChecksum().payload(random, 1_000);
    byte[] bytes = builder.build();
    Frame frame = FrameBuilder.frame(arena, Arrays.copyOf(bytes, 500));
    frame.wrap(frame.segment(), frame.offset(), 500, bytes.length, 0).checksumNeeded(34, 16);

    assertThat(cut(frame)).containsExactly(Arrays.copyOf(bytes, 500));
    assertThat(events.get(SegmentEvent.CHECKSUM_INCOMPLETE)).isEqualTo(1);
    assertThat(events.get(SegmentEvent.CAPTURE_TRUNCATED)).isEqualTo(1);
  }

  @Test
  void leavesAFrameThatFitsAsItIs() {
    byte[] bytes = new FrameBuilder().payload(random, 1_000).trailer(9).build();
    bytes[40] ^= 1; // a wrong checksum is evidence, too
    assertThat(cut(FrameBuilder.frame(arena, bytes))).containsExactly(bytes);
  }

  @Test
  void cutsALongTcpPacketThatNobodyCalledASuperFrame() {
    FrameBuilder builder = new FrameBuilder().tcpOptions(12).payload(random, 1_448).trailer(4);
    List<byte[]> packets = cut(FrameBuilder.frame(arena, builder.build()));

    assertThat(packets).hasSize(2);
    assertStream(packets, builder, 0xFFFF_FF00);
    assertThat(events.get(SegmentEvent.TCP_CUT_TO_FIT)).isEqualTo(1);
  }

  @Test
  void dropsATrailerRatherThanCutThePacket() {
    FrameBuilder builder = new FrameBuilder().udp().payload(random, 1_464 - 42).trailer(4);
    byte[] bytes = builder.build();
    assertThat(cut(FrameBuilder.frame(arena, bytes)))
        .containsExactly(Arrays.copyOf(bytes, bytes.length - 4));
  }

  @Test
  void fragmentsALongPacketWhoseSenderAllowsIt() {
    for (int payload : new int[] {1_423, 1_424, 4_000, 65_000}) {
      FrameBuilder builder = new FrameBuilder().udp().fragmentWord(0).payload(random, payload);
      List<byte[]> packets = cut(superFrame(builder, Frame.GSO_NONE, 0));
      assertThat(packets.size()).isGreaterThan(1);
      List<byte[]> whole = reassemble(packets);
      assertThat(whole).hasSize(1);
      Verifier read = Verifier.read(whole.getFirst()).checksummed();
      assertThat(read.payload()).isEqualTo(builder.payload());
    }
  }

  @Test
  void cutsAFragmentIntoSmallerOnes() {
    FrameBuilder builder =
        new FrameBuilder().protocol(17).noUdpChecksum().fragmentWord(0x2000 | 100);
    builder.payload(random, 3_000);
    List<byte[]> packets = cut(FrameBuilder.frame(arena, builder.build()));

    int offset = 100;
    for (byte[] packet : packets) {
      Verifier read = Verifier.read(packet);
      assertThat(read.fragmentWord()).isEqualTo(0x2000 | offset);
      assertThat(read.identification()).isEqualTo(0x1234);
      offset += read.transport().length / 8;
    }
    assertThat(offset).isEqualTo(100 + 3_008 / 8);
  }

  @Test
  void cutsOldUdpSuperFramesIntoTheFragmentsOfTheWire() {
    FrameBuilder builder = new FrameBuilder().udp().payload(random, 4_000);
    List<byte[]> packets = cut(superFrame(builder, Frame.GSO_UDP, 1_400));
    List<byte[]> whole = reassemble(packets);
    assertThat(Verifier.read(whole.getFirst()).checksummed().payload())
        .isEqualTo(builder.payload());

    FrameBuilder ipv6 = new FrameBuilder().ipv6().udp().payload(random, 4_000);
    int offset = 0;
    ByteArrayOutputStream datagram = new ByteArrayOutputStream();
    for (byte[] packet : cut(superFrame(ipv6, Frame.GSO_UDP, 1_400))) {
      Verifier read = Verifier.read(packet);
      assertThat(read.header()).hasSize(48);
      assertThat(Verifier.u16(read.header(), 42) & ~7).isEqualTo(offset);
      offset += read.transport().length;
      assertThat(Verifier.u16(read.header(), 42) & 1).isEqualTo(offset == 4_008 ? 0 : 1);
      datagram.writeBytes(read.transport());
    }
    assertThat(datagram.size()).isEqualTo(4_008);
  }

  @Test
  void fragmentsWhatMustNotBeFragmentedAndLetsItBeSeen() {
    for (int payload : new int[] {1_423, 1_473, 3_000, 9_000, 65_000}) {
      FrameBuilder ipv4 = new FrameBuilder().udp().payload(random, payload);
      List<byte[]> packets = cut(superFrame(ipv4, Frame.GSO_NONE, 0));
      assertThat(packets)
          .hasSizeGreaterThan(1)
          .allMatch(packet -> (Verifier.read(packet).fragmentWord() & 0x4000) != 0);
      assertThat(Verifier.read(reassemble(packets).getFirst()).checksummed().payload())
          .isEqualTo(ipv4.payload());

      FrameBuilder ipv6 = new FrameBuilder().ipv6().udp().payload(random, payload);
      List<byte[]> whole = reassembleIpv6(cut(superFrame(ipv6, Frame.GSO_NONE, 0)));
      assertThat(Verifier.read(whole.getFirst()).checksummed().payload()).isEqualTo(ipv6.payload());
    }
    assertThat(events.get(SegmentEvent.DONT_FRAGMENT_OVERRULED)).isEqualTo(10);
    assertThat(events.get(SegmentEvent.FRAGMENTED_TO_FIT)).isEqualTo(10);
    assertThat(events.get(SegmentEvent.TRUNCATED_TO_FIT)).isZero();
  }

  /** Linux gives all datagrams of an unconnected socket that forbids fragments the same one. */
  @Test
  void replacesAnIdentificationOfZeroThatWouldMixDatagrams() {
    FrameBuilder builder = new FrameBuilder().udp().identification(0).payload(random, 1_472);
    Frame frame = FrameBuilder.frame(arena, builder.build());
    Headers headers = new Headers().locate(frame.segment(), frame.offset(), frame.length(), 1);
    Segmenter segmenter = new Segmenter(arena, SegmentSettings.DEFAULT, events);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      assertThat(segmenter.plan(frame, headers, frame.offset() + 14, 14, FITS)).isEqualTo(2);
      segmenter.write(0, target, 0);
      seen.add(Verifier.u16(target.asSlice(0, 20).toArray(ValueLayout.JAVA_BYTE), 4));
    }
    assertThat(seen).hasSize(1_000);
  }

  @Test
  void insertsTheFragmentHeaderBehindExtensionHeaders() {
    byte[] hopByHop = {0, 0, 5, 2, 0, 0, 1, 0};
    byte[] authentication = new byte[24];
    authentication[1] = 4;
    FrameBuilder builder =
        new FrameBuilder()
            .ipv6()
            .extension(0, hopByHop)
            .extension(51, authentication)
            .protocol(50)
            .payload(random, 3_000);
    byte[] bytes = builder.build();
    List<byte[]> packets = cut(FrameBuilder.frame(arena, bytes));
    assertThat(packets).hasSize(3);
    assertThat(reassembleIpv6(packets)).containsExactly(bytes);
  }

  @Test
  void cutsAnIpv6FragmentIntoSmallerOnesUnderItsOwnIdentification() {
    for (int more : new int[] {0, 1}) {
      byte[] fragment = {0, 0, 800 >> 8, (byte) (800 | more), 1, 2, 3, 4};
      FrameBuilder builder =
          new FrameBuilder().ipv6().extension(44, fragment).udp().noUdpChecksum();
      builder.payload(random, 1_440 - 8);
      List<byte[]> packets = cut(FrameBuilder.frame(arena, builder.build()));
      assertThat(packets).hasSize(2);
      int offset = 800;
      for (byte[] packet : packets) {
        byte[] header = Verifier.read(packet).header();
        assertThat(header).hasSize(48).endsWith((byte) 1, (byte) 2, (byte) 3, (byte) 4);
        assertThat(header[40]).isEqualTo((byte) 17);
        int length = Verifier.read(packet).transport().length;
        boolean last = offset + length == 800 + 1_440;
        assertThat(Verifier.u16(header, 42)).isEqualTo(offset | (last ? more : 1));
        assertThat(length).as("none that a sensor finds too small").isGreaterThan(700);
        offset += length;
      }
      assertThat(offset).isEqualTo(800 + 1_440);
    }
  }

  @Test
  void truncatesWhatNoFragmentCanCarry() {
    byte[] arp = new FrameBuilder().payload(random, 3_000).build();
    arp[12] = 8;
    arp[13] = 6;
    assertThat(cut(FrameBuilder.frame(arena, arp))).containsExactly(Arrays.copyOf(arp, FITS));
    byte[] broken = new FrameBuilder().udp().payload(random, 3_000).build();
    broken[14] = 0x44;
    assertThat(cut(FrameBuilder.frame(arena, broken))).containsExactly(Arrays.copyOf(broken, FITS));
    assertThat(events.get(SegmentEvent.TRUNCATED_TO_FIT)).isEqualTo(2);
  }

  @Test
  void keepsASuperFrameInsideATunnelWholeInFragments() {
    byte[] inner = new FrameBuilder().partialChecksum().payload(random, 20_000).build();
    byte[] vxlan = new byte[8 + inner.length];
    vxlan[0] = 8;
    System.arraycopy(inner, 0, vxlan, 8, inner.length);
    FrameBuilder outer = new FrameBuilder().udp().noUdpChecksum().fragmentWord(0).payload(vxlan);
    Frame frame =
        FrameBuilder.frame(arena, outer.build())
            .gso(Frame.GSO_TCPV4, 1_398)
            .checksumNeeded(42 + 8 + 34, 16);
    List<byte[]> whole = reassemble(cut(frame));

    byte[] payload = Verifier.read(whole.getFirst()).payload();
    Verifier.read(Arrays.copyOfRange(payload, 8, payload.length)).checksummed();
    assertThat(events.get(SegmentEvent.TUNNEL_SUPER_FRAME)).isEqualTo(1);
  }

  @Test
  void appliesTheSnaplenAfterCuttingWithTheChecksumsOfTheWholePackets() {
    FrameBuilder builder = new FrameBuilder().tcpOptions(12).payload(random, 5_000);
    List<byte[]> whole = cut(superFrame(builder, Frame.GSO_TCPV4, 1_000));
    for (int snaplen : new int[] {64, 66, 100, 1_000, 1_066, 2_000}) {
      List<byte[]> snapped = cut(superFrame(builder, Frame.GSO_TCPV4, 1_000), FITS, snaplen);
      assertThat(snapped).hasSameSizeAs(whole);
      for (int i = 0; i < whole.size(); i++) {
        byte[] expected = Arrays.copyOf(whole.get(i), Math.min(snaplen, whole.get(i).length));
        assertThat(snapped.get(i)).isEqualTo(expected);
      }
    }
  }

  @Test
  void appliesTheSnaplenToEachFragment() {
    for (boolean ipv6 : new boolean[] {false, true}) {
      FrameBuilder builder = new FrameBuilder().udp().identification(7).payload(random, 3_000);
      Frame frame = superFrame(ipv6 ? builder.ipv6() : builder, Frame.GSO_UDP_L4, 1_480);
      List<byte[]> whole = cut(frame);
      for (int snaplen : new int[] {64, 66, 100, 700}) {
        List<byte[]> snapped = cut(frame, FITS, snaplen);
        assertThat(snapped).hasSameSizeAs(whole);
        for (int i = 0; i < whole.size(); i++) {
          byte[] expected = Arrays.copyOf(whole.get(i), Math.min(snaplen, whole.get(i).length));
          if (ipv6 && expected.length >= 62) { // of which the identification is one's own
            System.arraycopy(snapped.get(i), 58, expected, 58, 4);
          }
          assertThat(snapped.get(i)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void survivesAnyBytes() {
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes =
          (round % 2 == 0 ? new FrameBuilder() : new FrameBuilder().ipv6())
              .protocol(new int[] {6, 17, 1, 47}[random.nextInt(4)])
              .payload(random, random.nextInt(60))
              .build();
      for (int change = random.nextInt(4); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      byte[] kept = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      if (kept.length < 14) {
        continue; // the link-layer header is asked first
      }
      Frame frame = FrameBuilder.frame(arena, kept);
      frame.wrap(frame.segment(), frame.offset(), kept.length, bytes.length, 0);
      if (random.nextBoolean()) {
        frame.gso(new int[] {1, 3, 4, 5, 9}[random.nextInt(5)], random.nextInt(100));
      }
      if (random.nextBoolean()) {
        frame.checksumNeeded(random.nextInt(80), random.nextInt(20));
      }
      cut(frame, 20 + random.nextInt(100), SegmentSettings.SNAPLEN_MAX);
    }
  }

  @Test
  void allocatesNothing() {
    FrameBuilder big = new FrameBuilder().payload(random, 20_000);
    Frame tcp = superFrame(big, Frame.GSO_TCPV4, 1_448);
    FrameBuilder long6 = new FrameBuilder().udp().fragmentWord(0).payload(random, 3_000);
    Frame udp = superFrame(long6, Frame.GSO_UDP_L4, 1_472);
    Frame small = superFrame(new FrameBuilder().payload(random, 10), Frame.GSO_NONE, 0);
    Segmenter segmenter = new Segmenter(arena, SegmentSettings.DEFAULT, events);
    Headers headers = new Headers();
    Frame udp6 =
        superFrame(new FrameBuilder().ipv6().udp().payload(random, 3_000), Frame.GSO_UDP_L4, 1_472);
    Frame whole =
        superFrame(new FrameBuilder().ipv6().udp().payload(random, 1_472), Frame.GSO_NONE, 0);
    Frame[] frames = {tcp, udp, small, udp6, whole};
    long allocated =
        Allocation.ofWarm(
            1_000,
            () -> {
              for (Frame frame : frames) {
                headers.locate(frame.segment(), frame.offset(), frame.length(), 1);
                int count = segmenter.plan(frame, headers, frame.offset() + 14, 14, FITS);
                for (int i = 0; i < count; i++) {
                  segmenter.write(i, target, 0);
                }
              }
            });
    assertThat(allocated).isZero();
  }

  @Test
  void refusesASnaplenOutOfRange() {
    assertThat(SegmentSettings.DEFAULT.snaplen()).isEqualTo(262_144);
    assertThatThrownBy(() -> new SegmentSettings(63)).isInstanceOf(SettingsException.class);
    assertThatThrownBy(() -> new SegmentSettings(262_145)).isInstanceOf(SettingsException.class);
  }

  /** Puts IPv6 fragments together in order; whole packets stay. */
  private static List<byte[]> reassembleIpv6(List<byte[]> packets) {
    List<byte[]> whole = new ArrayList<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int identification = 0;
    for (byte[] packet : packets) {
      byte[] header = Verifier.read(packet).header();
      int named = lastNamed(header);
      if (header[named] != 44) {
        whole.add(packet);
        continue;
      }
      int at = header.length - 8;
      int id = Verifier.u16(header, at + 4) << 16 | Verifier.u16(header, at + 6);
      assertThat(Verifier.u16(header, at + 2) & ~7).isEqualTo(body.size());
      assertThat(body.size() == 0 || id == identification).isTrue();
      identification = id;
      body.writeBytes(Arrays.copyOfRange(packet, 14 + at + 8, packet.length));
      if ((Verifier.u16(header, at + 2) & 1) == 0) {
        byte[] first = Arrays.copyOf(packet, 14 + at);
        first[14 + named] = header[at];
        int length = at - 40 + body.size();
        first[18] = (byte) (length >> 8);
        first[19] = (byte) length;
        whole.add(join(List.of(first, body.toByteArray())));
        body.reset();
      }
    }
    assertThat(body.size()).isZero();
    return whole;
  }

  /** Returns where a fragment header at the end of the headers is named, or the transport's. */
  private static int lastNamed(byte[] header) {
    int field = 6;
    int at = 40;
    while (header[field] != 44 && at < header.length) {
      int length = header[field] == 51 ? (header[at + 1] + 2) * 4 : (header[at + 1] + 1) * 8;
      field = at;
      at += length;
    }
    return field;
  }

  /** Puts IPv4 fragments together, by identification, and asserts that they fit. */
  private static List<byte[]> reassemble(List<byte[]> packets) {
    TreeMap<Integer, List<Verifier>> byId = new TreeMap<>();
    for (byte[] packet : packets) {
      Verifier read = Verifier.read(packet);
      byId.computeIfAbsent(read.identification(), id -> new ArrayList<>()).add(read);
    }
    List<byte[]> whole = new ArrayList<>();
    for (List<Verifier> pieces : byId.values()) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int i = 0; i < pieces.size(); i++) {
        Verifier piece = pieces.get(i);
        boolean last = i == pieces.size() - 1;
        assertThat((piece.fragmentWord() & 0x1FFF) * 8).isEqualTo(body.size());
        assertThat((piece.fragmentWord() & 0x2000) == 0).isEqualTo(last);
        body.writeBytes(piece.transport());
      }
      byte[] header = pieces.getFirst().header().clone();
      int length = header.length + body.size();
      header[2] = (byte) (length >> 8);
      header[3] = (byte) length;
      header[6] = 0;
      header[7] = 0;
      header[10] = 0;
      header[11] = 0;
      int sum = 0;
      for (int at = 0; at < header.length; at += 2) {
        sum += Verifier.u16(header, at);
      }
      sum = (sum & 0xFFFF) + (sum >>> 16);
      sum = ~((sum & 0xFFFF) + (sum >>> 16)) & 0xFFFF;
      header[10] = (byte) (sum >> 8);
      header[11] = (byte) sum;
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.writeBytes(new byte[12]);
      frame.write(8);
      frame.write(0);
      frame.writeBytes(header);
      frame.writeBytes(body.toByteArray());
      whole.add(frame.toByteArray());
    }
    return whole;
  }
}
