/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutputSettingsTest {

  @Test
  void aTunnelSendsAsItsReceiverReads() {
    assertThat(OutputSettings.parse("vxlan:127.0.0.1"))
        .isEqualTo(
            new OutputSettings.Tunnel(
                false, 0, SendSettings.of(at("127.0.0.1:4789"), SendMode.AUTO), true, true));
    assertThat(OutputSettings.parse("vxlan:127.0.0.1,hold=no"))
        .isEqualTo(
            new OutputSettings.Tunnel(
                false, 0, SendSettings.of(at("127.0.0.1:4789"), SendMode.AUTO), true, false));
    assertThat(OutputSettings.parse("vxlan:10.0.0.9:4790,vni=0x2a,lanes=2,send=joined,report=no"))
        .isEqualTo(
            new OutputSettings.Tunnel(
                false, 42, SendSettings.of(at("10.0.0.9:4790"), SendMode.JOINED, 2), false, false));
    assertThat(OutputSettings.parse("geneve:[fd00::9],send=single"))
        .isEqualTo(
            new OutputSettings.Tunnel(
                true, 0, SendSettings.of(at("[fd00::9]:6081"), SendMode.SINGLE), true, false));
  }

  private static List<Endpoint> at(String endpoint) {
    return List.of(Endpoint.parse(endpoint, 0));
  }

  @Test
  void otherOutputs() {
    assertThat(OutputSettings.parse("tap:mirror0,mtu=9000"))
        .isEqualTo(new OutputSettings.Interface("mirror0", 9_000));
    assertThat(OutputSettings.parse("tcp:127.0.0.1:57012,format=pcapng"))
        .isEqualTo(new OutputSettings.Server(Endpoint.parse("127.0.0.1:57012", 0), true));
    assertThat(OutputSettings.parse("pcap:/x,rotate=1MB,rotate-age=2m,keep=3GiB,keep-age=7d"))
        .isEqualTo(new OutputSettings.Files(Path.of("/x"), 1L << 20, 120, 3L << 30, 7 * 86_400L));
    assertThat(OutputSettings.parse("pcap:captures"))
        .isEqualTo(
            new OutputSettings.Files(
                Path.of("captures"), OutputSettings.ROTATE_BYTES_DEFAULT, 0, 0, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mirror0                        | does not start with vxlan:
          udp:127.0.0.1                  | does not start with vxlan:
          tap:                           | has no destination
          tap:a/b                        | is not a valid interface name
          tap:a-name-that-is-too-long    | is not a valid interface name
          tap:x,mtu=9                    | out of range 68 to 65521
          tap:x,mtu=many                 | is not a number
          tap:x,size=1                   | is unknown for this output
          tap:x,mtu=1500,mtu=1500        | is a duplicate
          tap:x,mtu                      | is not KEY=VALUE
          vxlan:sensor.example           | is not a numeric address
          vxlan:10.0.0.1,send=fast       | is not one of auto, single, joined
          vxlan:10.0.0.1,vni=16777216    | VNI 16777216 is out of range
          tcp:127.0.0.1                  | has no port
          tcp:127.0.0.1:1,format=erf     | is not one of pcap, pcapng
          pcap:/x,rotate=many            | is not an amount such as 100MB
          pcap:/x,rotate=1XB             | has an unknown unit
          pcap:/x,keep=999999999999TB    | is too large
          pcap:/x,keep-age=1w            | has an unknown unit
          """)
  void aMistakeIsNamed(String text, String message) {
    assertThatThrownBy(() -> OutputSettings.parse(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(message);
  }
}
