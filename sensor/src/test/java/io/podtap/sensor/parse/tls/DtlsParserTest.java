/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import org.junit.jupiter.api.Test;

/** Handshakes over datagrams, in fragments that come in any order. */
class DtlsParserTest {

  private int recordNumber;

  private String record(int type, int epoch, String content) {
    recordNumber++;
    return String.format("%02xfefd%04x%012x%04x", type, epoch, recordNumber, content.length() / 2)
        + content;
  }

  private String fragment(int type, int number, String body, int from, int to) {
    return record(
        22,
        0,
        String.format("%02x%06x%04x%06x%06x", type, body.length() / 2, number, from, to - from)
            + body.substring(2 * from, 2 * to));
  }

  private String message(int type, int number, String body) {
    return fragment(type, number, body, 0, body.length() / 2);
  }

  private static String clientHello(String cookie) {
    return "fefd"
        + "11".repeat(32)
        + "00"
        + String.format("%02x", cookie.length() / 2)
        + cookie
        + "0002c02f"
        + "0100"
        + "0014"
        + "0000"
        + "0010"
        + "000e"
        + "00"
        + "000b"
        + "6578616d706c652e636f6d";
  }

  @Test
  void followsAHandshakeWithACookieAndFragments() {
    String second = clientHello("a1a2a3a4");
    Talk talk =
        Talk.udp(4_433)
            .clientHex(message(1, 0, clientHello("")))
            .serverHex(message(3, 0, "fefd04a1a2a3a4"))
            .clientHex(fragment(1, 1, second, 20, second.length() / 2))
            .clientHex(fragment(1, 1, second, 0, 20))
            .serverHex(
                message(2, 1, "fefd" + "22".repeat(32) + "00" + "c02f" + "00")
                    + message(12, 2, "03001d2000")
                    + message(14, 3, ""))
            .clientHex(message(16, 2, "00") + record(20, 0, "01") + record(22, 1, "ab".repeat(40)))
            .serverHex(record(20, 0, "01") + record(22, 1, "cd".repeat(40)));
    assertThat(talk.rows("ssl"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("version", "DTLSv12")
                .containsEntry("curve", "x25519")
                .containsEntry("server_name", "example.com")
                .containsEntry("established", "T")
                .containsEntry("ssl_history", "CvCsknGIi"));
    talk.survivesMutation();
  }

  @Test
  void noticesThatTheEndsHaveChangedPlaces() {
    Talk talk =
        Talk.udp(4_433)
            .serverHex(message(1, 0, clientHello("")))
            .clientHex(message(2, 0, "fefd" + "22".repeat(32) + "00" + "c02f" + "00"));
    assertThat(talk.rows("ssl"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("version", "DTLSv12")
                .containsEntry("server_name", "example.com")
                .containsEntry("ssl_history", "^Cs"));
  }

  @Test
  void countsAHelloThatIsSentAgainAndLeavesOutStun() {
    String hello = message(1, 0, clientHello(""));
    Talk talk =
        Talk.udp(4_433)
            .clientHex(hello)
            .serverHex("010100002112a442" + "00".repeat(16))
            .clientHex(hello);
    assertThat(talk.rows("ssl"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("ssl_history", "CC"));
  }

  @Test
  void version13IsEstablishedWithRecordsOfItsOwnForm() {
    String answer = "fefd" + "22".repeat(32) + "00" + "1301" + "00" + "0006" + "002b0002fefc";
    Talk talk =
        Talk.udp(4_433)
            .clientHex(message(1, 0, clientHello("")))
            .serverHex(message(2, 0, answer) + "2f0001" + "00".repeat(30))
            .clientHex("2e01" + "00".repeat(30));
    assertThat(talk.rows("ssl"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("version", "DTLSv13")
                .containsEntry("established", "T")
                .containsEntry("ssl_history", "Cs"));
  }
}
