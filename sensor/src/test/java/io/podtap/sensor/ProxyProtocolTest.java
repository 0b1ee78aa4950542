/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of the PROXY protocol in front of a request, cut at every byte. */
class ProxyProtocolTest {

  private static final String REQUEST = "GET /inside HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String IPV4 = "c6336407" + "cb007109" + "c738" + "01bb";
  private static final String IPV6 = "20010db8" + "00".repeat(11) + "01";

  private static String version2(String command, String family, String addresses, String values) {
    String all = addresses + values;
    return SIGNATURE + command + family + "%04x".formatted(all.length() / 2) + all;
  }

  private static String value(int type, String text) {
    String digits = HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    return "%02x%04x%s".formatted(type, text.length(), digits);
  }

  private static String bytes(String digits) {
    return new String(HexFormat.of().parseHex(digits), StandardCharsets.ISO_8859_1);
  }

  /** Returns the connection's record, the same for every cut. */
  private static Map<String, String> connection(String header) {
    Map<String, String> whole = run(header, header.length());
    for (int cut = 1; cut < header.length(); cut++) {
      assertThat(run(header, cut)).as("cut at " + cut).isEqualTo(whole);
    }
    return whole;
  }

  private static Map<String, String> run(String header, int cut) {
    Exchanges talk = new Exchanges("PROXY", 8_443, "http", "uri", "status_code").exchange("", "");
    talk.client(header.substring(0, cut));
    talk.client(header.substring(cut) + REQUEST);
    Exchanges.Records records = talk.server(ANSWER).close().run(0, -1);
    assertThat(records.rows()).extracting(row -> row.get("uri")).containsExactly("/inside");
    assertThat(records.violations()).isEmpty();
    Map<String, String> connection = records.connections().getFirst();
    connection.keySet().removeIf(name -> !name.startsWith("proxy.") && !name.equals("service"));
    return connection;
  }

  @Test
  void readsVersion1() {
    assertThat(connection("PROXY TCP4 198.51.100.7 203.0.113.9 51000 443\r\n"))
        .containsEntry("service", "http")
        .containsEntry("proxy.version", "1")
        .containsEntry("proxy.local", "F")
        .containsEntry("proxy.orig_h", "198.51.100.7")
        .containsEntry("proxy.orig_p", "51000")
        .containsEntry("proxy.resp_h", "203.0.113.9")
        .containsEntry("proxy.resp_p", "443");
    assertThat(connection("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n"))
        .containsEntry("proxy.orig_h", "2001:db8::1");
    assertThat(connection("PROXY UNKNOWN\r\n"))
        .containsEntry("proxy.version", "1")
        .containsEntry("proxy.orig_h", "-");
  }

  @Test
  void readsVersion2WithItsValues() {
    String tls = "01" + "00000000" + value(0x21, "TLSv1.3") + value(0x22, "client-1");
    String values =
        value(0x02, "shop.example")
            + value(0x01, "h2")
            + "20%04x".formatted(tls.length() / 2)
            + tls
            + value(0x05, "id")
            + value(0xEA, "\1vpce-7");
    assertThat(connection(bytes(version2("21", "11", IPV4, values))))
        .containsEntry("proxy.version", "2")
        .containsEntry("proxy.orig_h", "198.51.100.7")
        .containsEntry("proxy.resp_p", "443")
        .containsEntry("proxy.authority", "shop.example")
        .containsEntry("proxy.alpn", "h2")
        .containsEntry("proxy.tls_version", "TLSv1.3")
        .containsEntry("proxy.client_name", "client-1")
        .containsEntry("proxy.unique_id", "6964")
        .containsEntry("proxy.endpoint", "vpce-7");
  }

  @Test
  void readsOtherFamiliesAndTheBalancersOwnConnections() {
    assertThat(connection(bytes(version2("21", "21", IPV6 + IPV6 + "00010002", ""))))
        .containsEntry("proxy.orig_h", "2001:db8::1")
        .containsEntry("proxy.orig_p", "1");
    assertThat(connection(bytes(version2("20", "00", "", "040003000000"))))
        .containsEntry("proxy.local", "T")
        .containsEntry("proxy.orig_h", "-");
    assertThat(connection(bytes(version2("21", "31", "2f".repeat(216), ""))))
        .containsEntry("proxy.version", "2")
        .containsEntry("proxy.orig_h", "-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY", "PRO", "\r\n\r\n", "\r\n\r\n\0\r\nQUIT\nxxxx"})
  void leavesAloneWhatOnlyBeginsAlike(String text) {
    Exchanges talk = new Exchanges("PROXY", 9_999, "http", "", "").exchange("", "");
    List<Map<String, String>> connections =
        talk.client(text).client("and more of it").server("x").close().run(0, -1).connections();
    assertThat(connections.getFirst()).containsEntry("proxy.version", "-");
  }
}
