/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures against first bytes written after the specifications, and against noise. */
class ServiceDetectorTest {

  private static final ServiceDetector DETECTOR = new ServiceDetector(Protocols.all());

  private static ServiceSet named(String... analyzers) {
    ServiceSet services = ServiceSet.EMPTY;
    for (Service service : Protocols.services()) {
      if (List.of(analyzers).contains(service.analyzer())) {
        services = services.union(service.alone());
      }
    }
    assertThat(services.size()).isEqualTo(analyzers.length);
    return services;
  }

  private static Payload payload(byte[] bytes) {
    return new Payload(bytes);
  }

  private static Payload text(String text) {
    return payload(text.translateEscapes().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static Payload hex(String digits) {
    return payload(HexFormat.of().parseHex(digits));
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/1.1\\r\\n', HTTP",
    "'PROPFIND /x HTTP/1.0\\r\\n', HTTP",
    "'SSH-2.0-x\\r\\n', SSH",
    "'EHLO me\\r\\n', SMTP",
    "'INVITE sip:a@b SIP/2.0\\r\\n', SIP",
    "'*1\\r\\n$4\\r\\nPING\\r\\n', REDIS",
    "'a001 CAPABILITY\\r\\n', IMAP",
    "'<34>Oct 11 22:14:15 host su: x', SYSLOG_TCP",
    "<stream:stream>, XMPP",
    "'RFB 003.008\\n', RFB"
  })
  void knowsTextClients(String first, String expected) {
    assertThat(DETECTOR.guessStream(text(first), true, 9_999).intersection(named(expected)))
        .isEqualTo(named(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "160301004a010000460303, SSL",
    "802e0100020015000000100100800200, 0",
    "0300002b26e00000000000436f6f6b69653a206d737473686173683d61646d696e0d0a0100080001000000, RDP",
    "0500, 0",
    "050100, SOCKS",
    "040100505db8d82200, SOCKS",
    "101000044d5154540402003c000461626364, MQTT",
    "0000000804d2162f, POSTGRESQL",
    "300c020101600702010304008000, LDAP_TCP",
    "00000010ff534d4272000000, SMB",
    "00000040fe534d4240000000, SMB",
    "05000b03100000004800000001000000, DCE_RPC",
    "056405c0010000040000, DNP3_TCP"
  })
  void knowsBinaryClients(String digits, String expected) {
    ServiceSet guess = DETECTOR.guessStream(hex(digits), true, 9_999);
    if (!expected.equals("0")) {
      assertThat(guess).isEqualTo(named(expected));
    }
  }

  @Test
  void knowsDatagrams() {
    Payload query = hex("123401000001000000000000016103636f6d0000010001");
    assertThat(DETECTOR.guessDatagram(query, 40_000, 53)).isEqualTo(named("DNS"));
    assertThat(DETECTOR.guessDatagram(query, 40_000, 9_999)).isEqualTo(ServiceSet.EMPTY);

    byte[] ntp = new byte[48];
    ntp[0] = 0x23;
    assertThat(DETECTOR.guessDatagram(payload(ntp), 123, 123)).isEqualTo(named("NTP"));

    byte[] quic = new byte[1_200];
    quic[0] = (byte) 0xC0;
    quic[4] = 1;
    assertThat(DETECTOR.guessDatagram(payload(quic), 40_000, 8_443))
        .isEqualTo(named("QUIC", "SSL"));
    assertThat(DETECTOR.guessDatagram(hex("16fefd0000000000000000004001"), 4_000, 4_001))
        .isEqualTo(named("DTLS"));
  }

  @Test
  void neverFailsAndSeldomGuessesOnNoise() {
    Random random = new Random(1);
    int guessed = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      ServiceSet tcp = DETECTOR.guessStream(payload(noise), i % 2 == 0, 9_999);
      ServiceSet udp = DETECTOR.guessDatagram(payload(noise), 40_000, 9_999);
      guessed += !tcp.isEmpty() && noise.length > 16 ? 1 : 0;
      guessed += !udp.isEmpty() ? 1 : 0;
    }
    assertThat(guessed).isLessThan(8_000);
  }
}
