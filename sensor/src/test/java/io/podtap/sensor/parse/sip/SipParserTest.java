/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.sip;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import org.junit.jupiter.api.Test;

/** Requests and the answers to them. */
class SipParserTest {

  private static final String INVITE =
      message(
          "INVITE sip:b@example SIP/2.0",
          "Via: SIP/2.0/UDP h;branch=z9",
          "From: <sip:a@example>;tag=1",
          "To: <sip:b@example>",
          "Call-ID: 7@h",
          "CSeq: 1 INVITE",
          "User-Agent: x",
          "Content-Length: 3",
          "",
          "abc");

  private static String message(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  private static String answer(String status, String length) {
    return message(
        "SIP/2.0 " + status,
        "v: SIP/2.0/UDP h;branch=z9",
        "f: <sip:a@example>; tag=1",
        "t: <sip:b@example>;tag=2",
        "l: " + length,
        "");
  }

  private static Talk call() {
    return Talk.udp(5_060)
        .client(INVITE)
        .server(answer("180 Ringing", "0"))
        .server(answer("200 OK", "twelve"))
        .client("ACK sip:b@example SIP/2.0\r\n\r\n")
        .client("\r\n\r\n");
  }

  @Test
  void notesBodyLengthsThatAreNoNumbers() {
    Talk talk =
        Talk.udp(5_060)
            .client(INVITE.replace("Length: 3", "Length: bad"))
            .server(answer("200 OK", "xyz"));

    assertThat(talk.rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("addl") + ' ' + row.get("source"))
        .containsExactly(
            "invalid_SIP_request_body_len bad -", "invalid_SIP_response_body_len xyz -");
  }

  @Test
  void notesJunkBeforeARequestThoughItCameInDatagramsOfItsOwn() {
    Talk talk = Talk.udp(5_060).client(INVITE).client("  ").client(" ").client("(" + INVITE);

    assertThat(talk.rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("addl"))
        .containsExactly("sip_junk_before_request    (");
  }

  @Test
  void pairsRequestsWithAnswers() {
    assertThat(call().rows("sip"))
        .extracting(row ->
            String.join(
                " ",
                row.get("method"),
                row.get("status_code"),
                row.get("status_msg"),
                row.get("request_from"),
                row.get("response_to"),
                row.get("request_path"),
                row.get("response_path"),
                row.get("request_body_len"),
                row.get("response_body_len")))
        .containsExactly(
            "INVITE 180 Ringing <sip:a@example> <sip:b@example>;tag=2 SIP/2.0/UDP h"
                + " SIP/2.0/UDP h 3 0",
            "INVITE 200 OK <sip:a@example> <sip:b@example>;tag=2 SIP/2.0/UDP h"
                + " SIP/2.0/UDP h,SIP/2.0/UDP h 3 -",
            "ACK - - - - (empty) (empty) - -");
  }

  @Test
  void notesMethodsThatAreNotKnown() {
    assertThat(Talk.udp(5_060).client("PUBLISH sip:x SIP/2.0\r\n\r\n").rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("addl"))
        .containsExactly("unknown_SIP_method PUBLISH");
  }

  @Test
  void notesPathsThatAreTooLong() {
    String vias = "v: SIP/2.0/UDP h\r\n".repeat(101);
    Talk talk =
        Talk.udp(5_060)
            .client("ACK sip:x SIP/2.0\r\n" + vias + "\r\n")
            .server("SIP/2.0 200 OK\r\n" + vias + "\r\n");

    assertThat(talk.rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("source"))
        .containsExactly(
            "sip_max_request_path_length_exceeded -", "sip_max_response_path_length_exceeded -");
  }

  @Test
  void leavesOtherProtocolsOnThePort() {
    assertThat(Talk.udp(5_060).client("GET / HTTP/1.1\r\n\r\n").rows("sip")).isEmpty();
    assertThat(Talk.udp(5_060).client("\1\2\3\4").rows("sip")).isEmpty();
  }

  @Test
  void survivesMutation() {
    call().survivesMutation();
  }
}
