/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.Digests;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.util.HexFormat;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/** Handshakes by hand, and of the JDK's own TLS. */
class TlsParserTest {

  private static final HexFormat HEX = HexFormat.of();

  private static String record(int type, String content) {
    return String.format("%02x0303%04x", type, content.length() / 2) + content;
  }

  private static String message(int type, String body) {
    return String.format("%02x%06x", type, body.length() / 2) + body;
  }

  private static String clientHello(String extensions) {
    return message(
        1,
        "0303"
            + "11".repeat(32)
            + "00"
            + "00060a0ac02f1301"
            + "0100"
            + String.format("%04x", extensions.length() / 2)
            + extensions);
  }

  private static String serverHello(String cipher, String extensions) {
    return message(
        2,
        "0303"
            + "22".repeat(32)
            + "00"
            + cipher
            + "00"
            + String.format("%04x", extensions.length() / 2)
            + extensions);
  }

  private static final String NAME_AND_PROTOCOL =
      "0000"
          + "0010"
          + "000e"
          + "00"
          + "000b"
          + "6578616d706c652e636f6d"
          + "0010"
          + "0005"
          + "0003"
          + "02"
          + "6832";

  private static Talk version12() {
    return new Talk(443)
        .clientHex(record(22, clientHello(NAME_AND_PROTOCOL)))
        .serverHex(
            record(22, serverHello("c02f", "001000050003026832") + message(11, "000000"))
                + record(22, message(12, "03001d2000"))
                + record(22, message(14, "")))
        .clientHex(record(22, message(16, "00")) + record(20, "01") + record(22, "ab".repeat(40)))
        .serverHex(record(20, "01") + record(22, "cd".repeat(40)))
        .clientHex(record(23, "ef".repeat(400)));
  }

  @Test
  void followsAHandshakeOfVersion12() {
    assertThat(version12().rows("ssl"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("version", "TLSv12")
                .containsEntry("cipher", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
                .containsEntry("curve", "x25519")
                .containsEntry("server_name", "example.com")
                .containsEntry("next_protocol", "h2")
                .containsEntry("established", "T")
                .containsEntry("resumed", "F")
                .containsEntry("ssl_history", "CsxknGIi"));
  }

  @Test
  void followsAServerThatAnswersAHelloInTheFormOfVersion2() {
    Talk talk =
        new Talk(443)
            .clientHex(
                "8025"
                    + "01"
                    + "0301"
                    + "000c"
                    + "0000"
                    + "0010"
                    + "00002f0700c0000005000004"
                    + "33".repeat(16))
            .serverHex(record(22, serverHello("002f", "")))
            .clientHex(record(22, message(16, "00")) + record(20, "01"))
            .serverHex(record(20, "01") + record(22, "cd".repeat(40)));
    assertThat(talk.rows("ssl"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("version", "TLSv12")
                .containsEntry("cipher", "TLS_RSA_WITH_AES_128_CBC_SHA")
                .containsEntry("established", "T")
                .containsEntry("resumed", "F")
                .containsEntry("ssl_history", "CsGIi"));
    talk.isTheSameHoweverCut("ssl");
  }

  @Test
  void isTheSameHoweverTheStreamIsCut() {
    version12().isTheSameHoweverCut("ssl");
  }

  @Test
  void survivesMutation() {
    version12().survivesMutation();
  }

  @Test
  void knowsARetryAndTheVersionBehindTheVersion() {
    String retry =
        message(
            2,
            "0303"
                + "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
                + "00"
                + "1301"
                + "00"
                + "000c"
                + "002b00020304"
                + "003300020017");
    Talk talk =
        new Talk(8_443)
            .clientHex(record(22, clientHello(NAME_AND_PROTOCOL)))
            .serverHex(record(22, retry) + record(20, "01"))
            .clientHex(record(20, "01") + record(22, clientHello(NAME_AND_PROTOCOL)))
            .serverHex(
                record(22, serverHello("1301", "002b00020304" + "00330006001700021122"))
                    + record(23, "00".repeat(50)))
            .clientHex(record(23, "00".repeat(50)));
    assertThat(talk.rows("ssl"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("version", "TLSv13")
                .containsEntry("curve", "secp256r1")
                .containsEntry("established", "T")
                .containsEntry("ssl_history", "CjiICs"));
  }

  @Test
  void anAlertEndsIt() {
    Talk talk =
        new Talk(443)
            .clientHex(record(22, clientHello(NAME_AND_PROTOCOL)))
            .serverHex(record(21, "0228"));
    assertThat(talk.rows("ssl"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("last_alert", "handshake_failure")
                .containsEntry("established", "F")
                .containsEntry("ssl_history", "Cl"));
  }

  /** The example of the JA3 authors and ours of JA4, counted out by hand. */
  @Test
  void printsClients() {
    Map<String, String> row = version12().rows("ssl").getFirst();
    assertThat(row.get("ja3"))
        .isEqualTo(
            Digests.hex(
                "MD5", "771,49199-4865,0-16,,".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThat(row.get("ja4")).startsWith("t12d0202h2_").endsWith("_000000000000");
  }

  @Test
  void readsWhatTheJdkSays() throws Exception {
    KeyStore none = KeyStore.getInstance("PKCS12");
    none.load(null, null);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, null, null);
    SSLEngine engine = context.createSSLEngine("podtap.test", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    engine.setSSLParameters(parameters);
    engine.beginHandshake();
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteBuffer packet = ByteBuffer.allocate(32_768);
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), packet);
    }
    sent.write(packet.array(), 0, packet.position());
    Talk talk = new Talk(443).clientHex(HEX.formatHex(sent.toByteArray()));
    assertThat(talk.rows("ssl"))
        .singleElement()
        .satisfies(row -> {
          assertThat(row).containsEntry("server_name", "podtap.test");
          assertThat(row.get("ja4")).startsWith("t13d").contains("h1_");
        });
  }
}
