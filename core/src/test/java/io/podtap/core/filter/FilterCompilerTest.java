/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.LinkType;
import org.junit.jupiter.api.Test;

final class FilterCompilerTest {

  @Test
  void showsLibpcapsMessage() {
    assertThatThrownBy(() -> FilterCompiler.compile("tcp prot 80", LinkType.ETHERNET))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("filter 'tcp prot 80': ")
        .hasMessageContaining("syntax error");
    assertThatThrownBy(() -> FilterCompiler.compile("wlan type mgt", LinkType.ETHERNET))
        .isInstanceOf(SettingsException.class);
  }

  @Test
  void emptyExpressionLetsEverythingPass() {
    assertThat(FilterCompiler.compile(" ", LinkType.ETHERNET)).isEqualTo(BpfProgram.ACCEPT_ALL);
  }

  @Test
  void compilesForTheKindOfFrame() {
    Packet udp = Packet.ipv4Udp("10.0.0.1", 1_000, "10.0.0.2", 53);
    BpfProgram ethernet = FilterCompiler.compile("udp dst port 53", LinkType.ETHERNET);
    BpfProgram raw = FilterCompiler.compile("udp dst port 53", LinkType.RAW);
    assertThat(udp.passes(ethernet)).isTrue();
    assertThat(udp.passes(raw)).isFalse();
    assertThat(udp.withoutLinkHeader().passes(raw)).isTrue();
    assertThat(udp.passes(FilterCompiler.compile("tcp", LinkType.ETHERNET))).isFalse();
    assertThat(
            Packet.ipv6Udp("fd00::1", 1, "fd00::2", 2)
                .passes(FilterCompiler.compile("host fd00::2", LinkType.ETHERNET)))
        .isTrue();
  }

  @Test
  void findsVlanTagsThatStandInTheBytes() {
    Packet tagged = Packet.ipv4Udp("10.0.0.1", 1_000, "10.0.0.2", 53).tagged(100);
    assertThat(tagged.passes(FilterCompiler.compile("vlan 100 and udp", LinkType.ETHERNET)))
        .isTrue();
    assertThat(tagged.passes(FilterCompiler.compile("vlan 101", LinkType.ETHERNET))).isFalse();
  }
}
