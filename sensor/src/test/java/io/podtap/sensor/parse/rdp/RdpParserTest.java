/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.x509.CertificateText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections made after [MS-RDPBCGR] section 4, field by field. */
class RdpParserTest {

  private static final String CORE_TAIL = "04000000" + "00000000" + "0c000000";

  private static String le16(int value) {
    return "%02x%02x".formatted(value & 0xFF, value >>> 8 & 0xFF);
  }

  private static String le32(long value) {
    return le16((int) value & 0xFFFF) + le16((int) (value >>> 16));
  }

  private static String text(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String utf16(String text, int bytes) {
    StringBuilder digits = new StringBuilder();
    text.chars().forEach(c -> digits.append(le16(c)));
    return digits + "00".repeat(bytes - digits.length() / 2);
  }

  private static String tpkt(String payload) {
    return "0300" + "%04x".formatted(4 + payload.length() / 2) + payload;
  }

  /** A connection request or confirm of X.224. */
  private static String connection(String code, String variable) {
    return tpkt("%02x".formatted(6 + variable.length() / 2) + code + "00000000" + "00" + variable);
  }

  private static String request(String cookie, long protocols) {
    return connection("e0", text(cookie) + "0100" + le16(8) + le32(protocols));
  }

  private static String confirm(int kind, long number) {
    return connection("d0", "%02x".formatted(kind) + "00" + le16(8) + le32(number));
  }

  private static String ber(String tag, String content) {
    return tag + "82" + "%04x".formatted(content.length() / 2) + content;
  }

  private static String block(int type, String content) {
    return le16(type) + le16(4 + content.length() / 2) + content;
  }

  private static String core(
      int width, int height, long layout, long build, String name, int depth, int flags) {
    return block(
        0xC001,
        le32(0x0008_0004)
            + le16(width)
            + le16(height)
            + le16(0xCA01)
            + le16(0xAA03)
            + le32(layout)
            + le32(build)
            + utf16(name, 32)
            + CORE_TAIL
            + "00".repeat(64)
            + le16(0xCA01)
            + le16(1)
            + le32(0)
            + le16(depth)
            + le16(7)
            + le16(flags)
            + utf16("55274-640", 64));
  }

  private static String channels(String... names) {
    StringBuilder block = new StringBuilder(le32(names.length));
    for (String name : names) {
      block.append(text(name)).append("00".repeat(8 - name.length())).append("00000080");
    }
    return block(0xC003, block.toString());
  }

  private static String initial(String blocks) {
    String gcc = "000500147c0001" + "8100" + "000800100001c000" + text("Duca") + "80f0" + blocks;
    return tpkt(
        "02f080"
            + ber(
                "7f65", "040101" + "040101" + "0101ff" + "3003020100".repeat(3) + ber("04", gcc)));
  }

  private static String response(int result, String blocks) {
    String gcc =
        "000500147c0001"
            + "2a"
            + "14760a0101"
            + "%02x".formatted(result << 4)
            + "01c000"
            + text("McDn")
            + "80fc"
            + blocks;
    return tpkt("02f080" + ber("7f66", "0a0100" + "020100" + "3003020100" + ber("04", gcc)));
  }

  private static String security(int method, int level, String certificate) {
    return block(
        0x0C02,
        le32(method)
            + le32(level)
            + le32(32)
            + le32(certificate.length() / 2)
            + "5a".repeat(32)
            + certificate);
  }

  private static Talk nativeTalk() {
    return new Talk(3_389)
        .clientHex(request("Cookie: mstshash=alice\r\n", 0))
        .serverHex(confirm(2, 0))
        .clientHex(
            initial(
                core(1_280, 1_024, 0x409, 2_600, "DESK-1", 16, 0) + channels("rdpdr", "cliprdr")))
        .serverHex(
            response(0, block(0x0C01, le32(0x0008_0004)) + security(2, 3, le32(1) + "aabbccdd")))
        .clientHex(tpkt("02f080" + "0401000100"));
  }

  @Test
  void writesWhatBothEndsSay() {
    List<Map<String, String>> rows = nativeTalk().isTheSameHoweverCut("rdp").rows("rdp");

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .containsEntry("cookie", "alice")
        .containsEntry("result", "Success")
        .containsEntry("security_protocol", "RDP")
        .containsEntry("client_channels", "rdpdr,cliprdr")
        .containsEntry("keyboard_layout", "English - United States")
        .containsEntry("client_build", "RDP 5.1")
        .containsEntry("client_name", "DESK-1")
        .containsEntry("client_dig_product_id", "55274-640")
        .containsEntry("desktop_width", "1280")
        .containsEntry("desktop_height", "1024")
        .containsEntry("requested_color_depth", "16bit")
        .containsEntry("cert_type", "RSA")
        .containsEntry("cert_count", "1")
        .containsEntry("cert_permanent", "T")
        .containsEntry("encryption_level", "High")
        .containsEntry("encryption_method", "128bit");
    assertThat(nativeTalk().services()).isEqualTo(RdpProtocol.SERVICE.alone());
  }

  @ParameterizedTest
  @CsvSource({
    "1, SSL_REQUIRED_BY_SERVER",
    "2, SSL_NOT_ALLOWED_BY_SERVER",
    "3, SSL_CERT_NOT_ON_SERVER",
    "4, INCONSISTENT_FLAGS",
    "5, HYBRID_REQUIRED_BY_SERVER",
    "6, SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
    "9, failure_code-9"
  })
  void writesWhyAServerRefuses(int code, String result) {
    List<Map<String, String>> rows =
        new Talk(3_389)
            .clientHex(request("Cookie: mstshash=bob\r\n", 1))
            .serverHex(confirm(3, code))
            .rows("rdp");

    assertThat(rows.getFirst())
        .containsEntry("cookie", "bob")
        .containsEntry("result", result)
        .containsEntry("security_protocol", "-")
        .containsEntry("cert_count", "0");
  }

  @ParameterizedTest
  @CsvSource({"1, SSL", "2, HYBRID", "8, HYBRID_EX", "4, security_protocol-4"})
  void leadsTlsToItsOwnParser(int code, String name) {
    Talk talk =
        new Talk(3_389)
            .clientHex(request("", 11))
            .serverHex(confirm(2, code))
            .clientHex(
                "16030100"
                    + "2f"
                    + "0100002b0303"
                    + "11".repeat(32)
                    + "00"
                    + "0004002f0035"
                    + "0100")
            .serverHex("15030300020228");

    assertThat(talk.isTheSameHoweverCut("rdp").rows("rdp").getFirst())
        .containsEntry("cookie", "(empty)")
        .containsEntry("result", "encrypted")
        .containsEntry("security_protocol", name);
    assertThat(talk.rows("ssl")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "1031, German - Germany",
    "66569, English - United States (Best Guess for 66569)",
    "9999, keyboard-9999"
  })
  void namesLayouts(long layout, String name) {
    assertThat(RdpNames.layout(layout)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0, 4bit",
    "15, 0, 15bit",
    "24, 0, 24bit",
    "24, 2, 32bit",
    "7, 0, high_color_depth-7"
  })
  void namesColorDepths(int depth, int flags, String name) {
    List<Map<String, String>> rows =
        new Talk(3_389)
            .clientHex(request("", 0))
            .clientHex(initial(core(1, 1, 0, 0, "", depth, flags)))
            .rows("rdp");

    assertThat(rows.getFirst()).containsEntry("requested_color_depth", name);
  }

  @Test
  void countsCertificatesOfAChain() {
    String chain = le32(0x8000_0002L) + le32(2) + le32(3) + "aabbcc" + le32(2) + "ddee";
    List<Map<String, String>> rows =
        new Talk(3_389)
            .clientHex(request("", 0))
            .serverHex(response(0, security(16, 4, chain)))
            .rows("rdp");

    assertThat(rows.getFirst())
        .containsEntry("cert_type", "X.509")
        .containsEntry("cert_count", "2")
        .containsEntry("cert_permanent", "F")
        .containsEntry("encryption_method", "FIPS")
        .containsEntry("encryption_level", "FIPS");
  }

  @Test
  void certificatesOfAChainGoToTheirLog() {
    String own = CertificateText.certificate("terminal");
    String issuer = CertificateText.certificate("issuer");
    String chain =
        le32(0x8000_0002L)
            + le32(2)
            + le32(own.length() / 2)
            + own
            + le32(issuer.length() / 2)
            + issuer;
    Talk talk =
        new Talk(3_389).clientHex(request("", 0)).serverHex(response(0, security(16, 4, chain)));

    assertThat(talk.isTheSameHoweverCut("x509").rows("x509"))
        .extracting(row -> row.get("certificate.subject") + ' ' + row.get("host_cert"))
        .containsExactly("CN=terminal,C=DE T", "CN=issuer,C=DE T");
    assertThat(talk.rows("rdp").getFirst()).containsEntry("cert_count", "2");
  }

  @Test
  void moreChannelsThanThereCanBeAreWeird() {
    String[] names = new String[32];
    Arrays.setAll(names, i -> "c" + i);
    Talk talk = new Talk(3_389).clientHex(request("", 0)).clientHex(initial(channels(names)));

    assertThat(talk.rows("rdp").getFirst().get("client_channels")).endsWith("c30,c31");
    assertThat(talk.isTheSameHoweverCut("weird").rows("weird"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("name", "RDP_channels_requested_exceeds_max")
                .containsEntry("addl", "32")
                .containsEntry("source", "-"));
  }

  @Test
  void findsTheNextMessageAfterAGap() {
    StreamScript script = StreamScript.tcp(3_389, 1_000);
    byte[] request = HexFormat.of().parseHex(request("Cookie: mstshash=eve\r\n", 0));
    script.say(true, request).gap(true, 100);
    script.say(true, HexFormat.of().parseHex("616263" + initial(channels("rdpsnd"))));
    script.say(true, HexFormat.of().parseHex(tpkt("02f080" + "0401000100")));

    assertThat(script.rows("rdp").getFirst())
        .containsEntry("cookie", "eve")
        .containsEntry("client_channels", "rdpsnd");
  }

  @Test
  void writesNothingForAnotherProtocolOnThePort() {
    assertThat(new Talk(3_389).client("GET / HTTP/1.1\r\n\r\n").rows("rdp")).isEmpty();
  }

  @Test
  void survivesMutation() {
    nativeTalk().survivesMutation();
  }
}
