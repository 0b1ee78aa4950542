/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlowHashTest {

  @Test
  void isTheSameForBothDirectionsOfAnIpv4Flow() {
    assertThat(ipv4(0x0A460001, 40_000, 0x0A460002, 80))
        .isEqualTo(ipv4(0x0A460002, 80, 0x0A460001, 40_000));
  }

  @Test
  void keepsPortsWithTheirAddresses() {
    assertThat(ipv4(0x0A460001, 40_000, 0x0A460002, 80))
        .isNotEqualTo(ipv4(0x0A460001, 80, 0x0A460002, 40_000));
  }

  @Test
  void spreadsConsecutivePortsOverEightLanes() {
    int[] lanes = new int[8];
    Set<Integer> hashes = new HashSet<>();
    for (int port = 32_768; port < 40_960; port++) {
      int hash = ipv4(0x0A460001, port, 0x0A460002, 80);
      hashes.add(hash);
      lanes[hash >>> 29]++;
    }
    assertThat(hashes).hasSizeGreaterThan(8_180);
    for (int count : lanes) {
      assertThat(count).isBetween(850, 1_200);
    }
  }

  private static int ipv4(int source, int sourcePort, int destination, int destinationPort) {
    MemorySegment packet = MemorySegment.ofArray(new byte[28]);
    Bytes.putU8(packet, 0, 0x45);
    Ipv4.totalLength(packet, 0, 28);
    Bytes.putU8(packet, 9, IpProtocol.UDP);
    Bytes.putI32(packet, 12, source);
    Bytes.putI32(packet, 16, destination);
    Bytes.putU16(packet, 20, sourcePort);
    Bytes.putU16(packet, 22, destinationPort);
    Udp.length(packet, 20, 8);
    Headers headers = new Headers().locateIp(packet, 0, 28);
    return FlowHash.of(packet, 0, 28, headers);
  }
}
