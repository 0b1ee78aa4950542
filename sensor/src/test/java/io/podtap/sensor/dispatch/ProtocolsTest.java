/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.files.FileRecorder;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.MemorySink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What all declarations together say. */
class ProtocolsTest {

  private static final MemorySink SINK = new MemorySink();
  private static final Parsers PARSERS = Parsers.standard(SINK, new FileRecorder(SINK));

  /**
   * Zeek's {@code likely_server_ports} with its default scripts, then what Zeek has no scripts for.
   */
  @Test
  void portsOfServersOverTcpAreZeeks() {
    assertThat(Protocols.serverPorts(Transport.TCP))
        .containsExactlyInAnyOrder(
            21, 22, 25, 53, 79, 80, 81, 88, 110, 135, 139, 143, 389, 443, 445, 502, 514, 563, 585,
            587, 614, 631, 636, 989, 990, 992, 993, 995, 1080, 1434, 1883, 2811, 3128, 3268, 3306,
            3389, 5060, 5222, 5223, 5269, 5432, 6379, 6666, 6667, 6668, 6669, 8000, 8080, 8888,
            20_000, 5672, 9092, 27_017, 50_051);
  }

  @Test
  void portsOfServersOverUdpAreZeeks() {
    assertThat(Protocols.serverPorts(Transport.UDP))
        .containsExactlyInAnyOrder(
            53, 67, 88, 123, 137, 161, 162, 389, 443, 514, 1812, 2123, 2152, 3268, 3389, 3544, 4789,
            5060, 5072, 5353, 5355, 6081, 20_000);
  }

  @Test
  void everyServiceIsDeclaredOnceUnderItsOwnName() {
    List<Service> declared = Protocols.all().stream().map(Declaration::service).toList();

    assertThat(declared).doesNotHaveDuplicates();
    assertThat(declared.stream().map(Service::zeekName)).doesNotHaveDuplicates();
    assertThat(Protocols.names()).containsAll(declared.stream().map(Service::zeekName).toList());
    for (Service service : declared) {
      assertThat(Protocols.names().get(service.number())).isEqualTo(service.zeekName());
      assertThat(Service.named(service.zeekName())).isSameAs(service);
    }
  }

  @Test
  void everyParserIsOfADeclaredServiceAndFoundOnItsPorts() {
    List<Service> parsed = new ArrayList<>();
    PARSERS.streams().forEach(protocol -> parsed.add(protocol.service()));
    PARSERS.datagrams().forEach(protocol -> parsed.add(protocol.service()));

    assertThat(Protocols.services()).containsAll(parsed);
    for (Declaration declaration : Protocols.all()) {
      Service service = declaration.service();
      for (int port : declaration.parsedPorts(Transport.TCP)) {
        assertThat(service.isIn(PARSERS.streamsByPort(port))).as(service + " on " + port).isTrue();
      }
      for (int port : declaration.parsedPorts(Transport.UDP)) {
        assertThat(service.isIn(PARSERS.datagramsByPort(port)))
            .as(service + " on " + port)
            .isTrue();
      }
    }
  }

  @Test
  void aFlowToAPortWithoutAProtocolIsTakenForNone() {
    assertThat(PARSERS.streamsByPort(9_999).isEmpty()).isTrue();
    assertThat(PARSERS.datagramsByPort(22).isEmpty()).isTrue();
  }
}
