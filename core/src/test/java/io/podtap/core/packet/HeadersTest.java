/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Headers.Problem;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadersTest {

  private static final String MACS = "020000000002" + "020000000001";
  private static final String IPV4_TCP =
      "4500002c00004000400600000a4600010a460002" // IPv4, 10.70.0.1 to 10.70.0.2
          + "c0000050000000010000000060020400000000000204"
          + "05b4"; // TCP 49152 to 80, one option
  private static final String IPV6_FRAGMENT =
      "6000000000182c40" // IPv6, next header 44
          + "fd000000000000000000000000000001"
          + "fd000000000000000000000000000002"
          + "1100000100000007" // fragment header: UDP, offset 0, more
          + "003500350010000001020304"
          + "05060708";

  private final Headers headers = new Headers();

  @Test
  void locatesTcpBehindTwoVlanTags() {
    locate(MACS + "88a80064" + "810000c8" + "0800" + IPV4_TCP, LinkType.ETHERNET);

    assertThat(headers.problem()).isEqualTo(Problem.NONE);
    assertThat(headers.vlanTagCount()).isEqualTo(2);
    assertThat(headers.vlanId()).isEqualTo(100);
    assertThat(headers.innerVlanId()).isEqualTo(200);
    assertThat(headers.ipVersion()).isEqualTo(4);
    assertThat(headers.ipOffset()).isEqualTo(22);
    assertThat(headers.transportOffset()).isEqualTo(42);
    assertThat(headers.transportHeaderLength()).isEqualTo(24);
    assertThat(headers.sourcePort()).isEqualTo(49_152);
    assertThat(headers.destinationPort()).isEqualTo(80);
  }

  @Test
  void walksTheFragmentHeaderOfIpv6() {
    locate(IPV6_FRAGMENT, LinkType.RAW);

    assertThat(headers.problem()).isEqualTo(Problem.NONE);
    assertThat(headers.isFragment()).isTrue();
    assertThat(headers.hasMoreFragments()).isTrue();
    assertThat(headers.protocol()).isEqualTo(IpProtocol.UDP);
    assertThat(headers.fragmentHeaderOffset()).isEqualTo(40);
    assertThat(headers.ipHeaderLength()).isEqualTo(48);
    assertThat(headers.destinationPort()).isEqualTo(53);
  }

  @Test
  void readsNoPortsFromALaterFragment() {
    locate("4500001c00000001401100000a4600010a4600020035003500080000", LinkType.RAW);

    assertThat(headers.fragmentOffset()).isEqualTo(8);
    assertThat(headers.sourcePort()).isZero();
  }

  @Test
  void endsAnIpv4SuperFrameOfLengthZeroWithTheCapture() {
    locate(MACS + "0800" + IPV4_TCP.replaceFirst("4500002c", "45000000"), LinkType.ETHERNET);

    assertThat(headers.problem()).isEqualTo(Problem.NONE);
    assertThat(headers.ipEnd()).isEqualTo(headers.captureEnd());
  }

  @Test
  void namesTheProblemAtEveryTruncation() {
    byte[] frame = HexFormat.of().parseHex(MACS + "81000001" + "0800" + IPV4_TCP);
    for (int length = 0; length < frame.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(frame, length);
      headers.locate(MemorySegment.ofArray(cut), 0, length, LinkType.ETHERNET);
      assertThat(headers.problem()).as("length %d", length).isNotEqualTo(Problem.NONE);
    }
  }

  @Test
  void neverReadsOutsideRandomBytes() {
    long seed = 7;
    Random random = new Random(seed);
    int[] linkTypes = {
      LinkType.ETHERNET, LinkType.RAW, LinkType.NULL, LinkType.LINUX_SLL, LinkType.LINUX_SLL2, 999
    };
    for (int round = 0; round < 200_000; round++) {
      byte[] data = new byte[random.nextInt(120)];
      random.nextBytes(data);
      if (data.length > 15 && random.nextBoolean()) { // steer into IP
        data[12] = (byte) (random.nextBoolean() ? 0x08 : 0x86);
        data[13] = (byte) (data[12] == 8 ? 0x00 : 0xDD);
        data[14] = (byte) (data[12] == 8 ? 0x45 : 0x60);
      }
      int linkType = linkTypes[round % linkTypes.length];
      headers.locate(MemorySegment.ofArray(data), 0, data.length, linkType);
      assertThat(headers.captureEnd()).isEqualTo(data.length);
      if (headers.transportHeaderLength() > 0) {
        assertThat(headers.payloadOffset()).isLessThanOrEqualTo(data.length);
      }
    }
  }

  private void locate(String hex, int linkType) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    headers.locate(MemorySegment.ofArray(bytes), 0, bytes.length, linkType);
  }
}
