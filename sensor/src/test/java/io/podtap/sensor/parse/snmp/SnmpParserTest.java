/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.snmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.RuleList;
import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Questions and answers of every version. */
class SnmpParserTest {

  private static final String ID = "0201070201000201" + "00";

  private static String element(String tag, String content) {
    return tag + "%02x".formatted(content.length() / 2) + content;
  }

  private static String binding(String id, String value) {
    return element("30", element("06", id) + value);
  }

  private static String unit(String tag, String... bindings) {
    return element(tag, ID + element("30", String.join("", bindings)));
  }

  private static String message(String version, String unit) {
    return element("30", "0201" + version + "04067075626c6963" + unit);
  }

  private static Talk version2() {
    String description = binding("2b06010201010100", "040454657374");
    String upTime = binding("2b06010201010300", "430200c8");
    String nothing = binding("2b06010201010500", "0500");
    return Talk.udp(161)
        .clientHex(message("01", unit("a0", nothing, nothing)))
        .serverHex(message("01", unit("a2", description, upTime)))
        .clientHex(message("01", unit("a1", nothing)))
        .clientHex(message("01", unit("a5", nothing)))
        .clientHex(message("01", unit("a3", nothing)));
  }

  private static List<String> texts(List<Map<String, String>> rows) {
    return rows.stream()
        .map(row ->
            String.join(
                " ",
                row.get("duration"),
                row.get("version"),
                row.get("community"),
                row.get("get_requests"),
                row.get("get_bulk_requests"),
                row.get("get_responses"),
                row.get("set_requests"),
                row.get("display_string"),
                row.get("up_since")))
        .toList();
  }

  @Test
  void countsVariables() {
    assertThat(texts(version2().rows("snmp")))
        .containsExactly("0.004000 2c public 3 1 2 1 Test 1699999998.002000");
  }

  @Test
  void numbersThatAreTooLongAreNoted() {
    String counter = binding("2b06", "4609" + "00" + "ff".repeat(8));
    String identifier = binding("2b" + "ff".repeat(11) + "01", "0500");
    String value = binding("2b06", "060d" + "2b" + "ff".repeat(11) + "01");
    String trap =
        element(
            "a4",
            "06012b"
                + "40040a000001"
                + "0209"
                + "11".repeat(9)
                + "020100"
                + "430100"
                + element("30", binding("2b06", "0500")));
    new RuleList("SNMP")
        .rule(
            "a counter of 64 bits with a sign",
            Talk.udp(161).serverHex(message("01", unit("a2", counter))),
            "weird",
            "name addl uid source",
            "asn_binary_to_int64_shift_too_large|9|-|-")
        .rule(
            "a part of 12 bytes in a name",
            Talk.udp(161).clientHex(message("01", unit("a0", identifier))),
            "weird",
            "name addl uid source",
            "asn_oid_subidentifier_too_long|12|-|-")
        .rule(
            "a part of 12 bytes in a value",
            Talk.udp(161).clientHex(message("01", unit("a3", value))),
            "weird",
            "name addl uid source",
            "asn_oid_subidentifier_too_long|12|-|-")
        .rule(
            "a trap's kind",
            Talk.udp(162).clientHex(message("00", trap)),
            "weird",
            "name addl uid source",
            "asn_binary_to_int64_shift_too_large|9|-|-")
        .rule("numbers as they should be", version2(), "weird", "name")
        .hold();
  }

  @Test
  void readsVersion3InTheClearAndEncrypted() {
    String header = element("30", "0201010202400004010402" + "0103");
    String user =
        element("04", element("30", "0400" + "020100" + "020100" + "04026d65" + "04000400"));
    String open = element("30", "04000400" + unit("a0", binding("2b06", "0500")));
    Talk talk =
        Talk.udp(161)
            .clientHex(element("30", "020103" + header + user + open))
            .clientHex(element("30", "020103" + header + user + "0403aabbcc"));
    assertThat(texts(talk.rows("snmp"))).containsExactly("0.001000 3 me 1 0 0 0 - -");
  }

  @Test
  void leavesOtherProtocolsOnThePort() {
    assertThat(Talk.udp(161).client("GET / HTTP/1.1\r\n\r\n").rows("snmp")).isEmpty();
    assertThat(Talk.udp(161).clientHex("3003020107").rows("snmp")).isEmpty();
  }

  @Test
  void survivesMutation() {
    version2().survivesMutation();
  }
}
