/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests for tickets, tickets and refusals. */
class KerberosParserTest {

  private static String element(int tag, String... content) {
    String all = String.join("", content);
    return (char) tag + "\u0082" + (char) (all.length() >> 8) + (char) (all.length() & 0xFF) + all;
  }

  private static String text(String text) {
    return element(0x1B, text);
  }

  private static String field(int number, String content) {
    return element(0xA0 + number, content);
  }

  private static String name(String... parts) {
    StringBuilder all = new StringBuilder();
    for (String part : parts) {
      all.append(text(part));
    }
    return element(0x30, field(0, "\2\1\1"), field(1, element(0x30, all.toString())));
  }

  private static String request(int tag) {
    String body =
        element(
            0x30,
            field(0, "\3\5\0\100\200\0\0"),
            field(1, name("me")),
            field(2, text("REALM")),
            field(3, name("krbtgt", "REALM")),
            field(5, element(0x18, "20370913024805Z")));
    return element(tag, element(0x30, field(1, "\2\1\5"), field(2, "\2\1\12"), field(4, body)));
  }

  private static String ticket() {
    String encrypted = element(0x30, field(0, "\2\1\22"), field(2, "\4\1x"));
    return element(
        0x61,
        element(
            0x30,
            field(0, "\2\1\5"),
            field(1, text("REALM")),
            field(2, name("krbtgt", "REALM")),
            field(3, encrypted)));
  }

  private static String response() {
    return element(
        0x6B, element(0x30, field(0, "\2\1\5"), field(3, text("REALM")), field(5, ticket())));
  }

  private static String error(String... fields) {
    return element(0x7E, element(0x30, fields));
  }

  private static String record(String message) {
    return "\0\0" + (char) (message.length() >> 8) + (char) (message.length() & 0xFF) + message;
  }

  private static String summary(Map<String, String> row) {
    return String.join(
        " ",
        row.get("request_type"),
        row.get("client"),
        row.get("service"),
        row.get("success"),
        row.get("error_msg"),
        row.get("till"),
        row.get("cipher"),
        row.get("forwardable"),
        row.get("renewable"));
  }

  @Test
  void readsRequestAndTicket() {
    assertThat(Talk.udp(88).client(request(0x6A)).server(response()).rows("kerberos"))
        .extracting(KerberosParserTest::summary)
        .containsExactly(
            "AS me/REALM krbtgt/REALM T - 2136422885.000000 aes256-cts-hmac-sha1-96 T T");
  }

  private static Talk stream() {
    return new Talk(88)
        .client(record(request(0x6A)))
        .server(record(error(field(6, "\2\1\31"), field(11, text("NEEDED_PREAUTH")))))
        .client(record(request(0x6A)))
        .server(record(error(field(6, "\2\1\30"), field(10, name("s")))));
  }

  @Test
  void readsStreamsAndPassesOverTheFirstRefusal() {
    assertThat(stream().isTheSameHoweverCut("kerberos").rows("kerberos"))
        .extracting(KerberosParserTest::summary)
        .containsExactly("AS me/REALM s F KDC_ERR_PREAUTH_FAILED 2136422885.000000 - T T");
  }

  @Test
  void readsTicketsThatAreShown() {
    String shown = element(0x6E, element(0x30, field(0, "\2\1\5"), field(3, ticket())));
    String accepted = element(0x6F, element(0x30, field(0, "\2\1\5")));
    assertThat(Talk.udp(88).client(shown).server(accepted).rows("kerberos"))
        .extracting(KerberosParserTest::summary)
        .containsExactly("AP /REALM krbtgt/REALM T - - aes256-cts-hmac-sha1-96 - -");
  }

  @Test
  void writesWhatHasNoAnswer() {
    assertThat(Talk.udp(88).client(request(0x6C)).rows("kerberos"))
        .extracting(KerberosParserTest::summary)
        .containsExactly("TGS - krbtgt/REALM - - 2136422885.000000 - T T");
  }

  @Test
  void anAddressMustHaveTheLengthOfItsType() {
    String address = element(0x30, field(0, "\2\1\2"), field(1, element(4, "\1\2\3\4\5")));
    String body = element(0x30, field(9, element(0x30, address)));
    String request = element(0x6A, element(0x30, field(1, "\2\1\5"), field(4, body)));
    assertThat(Talk.udp(88).client(request).rows("weird"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("name", "invalid_kerberos_addr_len"));
  }

  @Test
  void aNumberOfMoreThanEightBytesIsNoted() {
    String code = "\2\11" + "\1".repeat(9);
    assertThat(Talk.udp(88).client(request(0x6A)).server(error(field(6, code))).rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("addl") + ' ' + row.get("uid"))
        .containsExactly("asn_binary_to_int64_shift_too_large 9 -");
  }

  @Test
  void leavesOtherProtocolsOnThePort() {
    assertThat(Talk.udp(88).client("GET / HTTP/1.1\r\n\r\n").rows("kerberos")).isEmpty();
    assertThat(new Talk(88).client("GET / HTTP/1.1\r\n\r\n").rows("kerberos")).isEmpty();
  }

  @Test
  void survivesMutation() {
    stream().survivesMutation();
    Talk.udp(88).client(request(0x6A)).server(response()).survivesMutation();
  }
}
