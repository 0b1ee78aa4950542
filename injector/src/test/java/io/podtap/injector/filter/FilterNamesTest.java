/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.filter.FilterCompiler;
import io.podtap.core.packet.LinkType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every place in which libpcap's language takes a name that is looked up, and those that look like
 * it.
 */
final class FilterNamesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "host no.such.invalid | host 192.0.2.1",
        "src no.such.invalid | src 192.0.2.1",
        "dst host a.invalid or b.invalid | dst host 192.0.2.1 or 192.0.2.1",
        "tcp port 80 and host a.invalid | tcp port 80 and host 192.0.2.1",
        "port 80 and src a.invalid | port 80 and src 192.0.2.1",
        "not (host a.invalid or b-1.invalid) | not (host 192.0.2.1 or 192.0.2.1)",
        "net office.invalid | net 192.0.2",
        "ip6 host a.invalid | ip6 host 2001:db8::1",
        "ether host a.invalid | ether host 02:00:00:00:00:01",
        "ether src a.invalid or b.invalid | ether src 02:00:00:00:00:01 or 02:00:00:00:00:01",
        "arp host a.invalid | arp host 192.0.2.1",
        "host 1.2.3.4.5 | host 192.0.2.1",
        "host 1a2b | host 192.0.2.1",
        "host \\tcp | host 192.0.2.1",
        "host a.invalid && port domain | host 192.0.2.1 && port domain",
        "!host a.invalid | !host 192.0.2.1",
        "vlan 5 and host a.invalid | vlan 5 and host 192.0.2.1",
        "src or dst host a.invalid | src or dst host 192.0.2.1",
      })
  void namesBecomeAddresses(String filter, String expected) {
    assertThat(FilterNames.withoutNames(filter)).isEqualTo(expected);
    compiles(expected);
  }

  /** libpcap refuses these, and looks the names up before it does. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no.such.invalid | 192.0.2.1",
        "ip and a.invalid | ip and 192.0.2.1",
        "TCP | 192.0.2.1",
        "tcp[13] & tcp-syn != 0 and a.invalid | tcp[13] & tcp-syn != 0 and 192.0.2.1",
      })
  void namesInWhatIsRefusedBecomeAddressesToo(String filter, String expected) {
    assertThat(FilterNames.withoutNames(filter)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tcp port 80",
        "not port 22",
        "udp port 53 or tcp port domain",
        "portrange 6000-6008",
        "host 10.0.0.1 and not net 10.1.0.0/16",
        "net 192.168",
        "net 10.0.0.0 mask 255.0.0.0",
        "ip6 host fd00::2",
        "host ::1",
        "ether host 00:11:22:33:44:55",
        "ether proto 0x88cc",
        "ip proto \\icmp",
        "icmp[icmptype] != icmp-echo and icmp[icmptype] != icmp-echoreply",
        "icmp6 and ip6[40] == 135",
        "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
        "ip[2:2] > 576",
        "len >= 100 and greater 50 and less 1000",
        "ether broadcast or ip multicast",
        "vlan and tcp",
        "mpls 100000 and mpls 1024",
        "pppoes and ip",
        "geneve and tcp",
        "inbound",
        "arp or rarp",
        "sctp or ah or esp or vrrp or pim or igmp",
      })
  void whatHasNoNameStaysAsItIs(String filter) {
    assertThat(FilterNames.withoutNames(filter)).isEqualTo(filter);
    compiles(filter);
  }

  private static void compiles(String filter) {
    Assumptions.assumeTrue(FilterCompiler.isAvailable(), "no libpcap");
    if (!filter.equals("inbound")) { // for live captures alone
      assertThat(FilterCompiler.compile(filter, LinkType.ETHERNET)).isNotNull();
    }
  }

  @Test
  void gatewayIsFound() {
    assertThat(FilterNames.hasGateway("tcp and gateway a.invalid")).isTrue();
    assertThat(FilterNames.hasGateway("host my-gateway or host gateway.invalid")).isFalse();
  }
}
