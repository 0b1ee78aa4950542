/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handshakes of every version and of every security type, after RFC 6143 section 7. */
class RfbParserTest {

  private static final String INIT =
      "0500" + "0320" + "20180001" + "00ff00ff00ff100800000000" + "00000004" + "6465736b";

  private static Talk talk(String version) {
    return new Talk(5_901).server("RFB 003." + version + "\n").client("RFB 003." + version + "\n");
  }

  private static Map<String, String> only(Talk talk) {
    List<Map<String, String>> rows = talk.isTheSameHoweverCut("rfb").rows("rfb");
    assertThat(rows).hasSize(1);
    assertThat(talk.services()).isEqualTo(RfbProtocol.SERVICE.alone());
    return rows.getFirst();
  }

  private static void assertDesktop(Map<String, String> row) {
    assertThat(row)
        .containsEntry("desktop_name", "desk")
        .containsEntry("width", "1280")
        .containsEntry("height", "800");
  }

  @Test
  void followsVersion8WithAPassword() {
    Map<String, String> row =
        only(
            talk("008")
                .serverHex("0102")
                .clientHex("02")
                .serverHex("11".repeat(16))
                .clientHex("22".repeat(16))
                .serverHex("00000000")
                .clientHex("01")
                .serverHex(INIT)
                .serverHex("0000000100"));

    assertThat(row)
        .containsEntry("client_major_version", "003")
        .containsEntry("client_minor_version", "008")
        .containsEntry("server_major_version", "003")
        .containsEntry("server_minor_version", "008")
        .containsEntry("authentication_method", "VNC")
        .containsEntry("auth", "T")
        .containsEntry("share_flag", "T");
    assertDesktop(row);
  }

  @Test
  void followsVersion7WithoutAuthentication() {
    Map<String, String> row =
        only(talk("007").serverHex("020201").clientHex("01").clientHex("00").serverHex(INIT));

    assertThat(row)
        .containsEntry("authentication_method", "None")
        .containsEntry("auth", "-")
        .containsEntry("share_flag", "F");
    assertDesktop(row);
  }

  @Test
  void followsVersion3WhereTheServerDecides() {
    Map<String, String> row =
        only(
            talk("003")
                .serverHex("00000002" + "11".repeat(16))
                .clientHex("22".repeat(16))
                .serverHex("00000000")
                .clientHex("01")
                .serverHex(INIT));

    assertThat(row).containsEntry("authentication_method", "VNC").containsEntry("auth", "T");
    assertDesktop(row);
  }

  @Test
  void followsApplesKeyExchange() {
    Map<String, String> row =
        only(
            talk("889")
                .serverHex("011e")
                .clientHex("1e")
                .serverHex("00020010" + "33".repeat(32))
                .clientHex("44".repeat(128 + 16))
                .serverHex("00000000")
                .clientHex("c1")
                .serverHex(INIT));

    assertThat(row)
        .containsEntry("authentication_method", "Apple Remote Desktop")
        .containsEntry("auth", "T")
        .containsEntry("share_flag", "T");
    assertDesktop(row);
  }

  @Test
  void writesThatAPasswordWasWrong() {
    Map<String, String> row =
        only(
            talk("008")
                .serverHex("0102")
                .clientHex("02")
                .serverHex("11".repeat(16))
                .clientHex("22".repeat(16))
                .serverHex("00000001" + "00000003" + "626164"));

    assertThat(row).containsEntry("auth", "F").containsEntry("desktop_name", "-");
  }

  @ParameterizedTest
  @CsvSource({
    "05, RealVNC",
    "10, Tight",
    "11, Ultra",
    "12, TLS",
    "13, VeNCrypt",
    "14, GTK-VNC SASL",
    "15, MD5 hash authentication",
    "16, Colin Dean xvp"
  })
  void namesSecurityTypesThatItDoesNotFollow(String type, String name) {
    Map<String, String> row =
        only(talk("008").serverHex("01" + type).clientHex(type).serverHex("aabbcc"));

    assertThat(row).containsEntry("authentication_method", name).containsEntry("auth", "-");
  }

  @Test
  void writesARefusalWithoutAMethod() {
    assertThat(only(talk("008").serverHex("00" + "00000002" + "6e6f")))
        .containsEntry("authentication_method", "-");
  }

  @Test
  void writesWhatIsKnownBeforeAGap() {
    StreamScript script = StreamScript.tcp(5_901, 1_000);
    script.server("RFB 003.008\n").client("RFB 003.008\n");
    script.say(/* fromClient= */ false, HexFormat.of().parseHex("0102"));
    script.gap(true, 1).server("x".repeat(16));

    assertThat(script.rows("rfb").getFirst())
        .containsEntry("client_minor_version", "008")
        .containsEntry("authentication_method", "-");
  }

  @Test
  void boundsTheNameOfTheDesktop() {
    String long4 = "00100000" + HexFormat.of().formatHex(name(8_000));
    Map<String, String> row =
        only(
            talk("007")
                .serverHex("0101")
                .clientHex("01")
                .clientHex("00")
                .serverHex("0500" + "0320" + "00".repeat(16) + long4));

    assertThat(row.get("desktop_name")).hasSize(4 << 10);
  }

  private static byte[] name(int length) {
    return "n".repeat(length).getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void survivesMutation() {
    talk("889")
        .serverHex("011e")
        .clientHex("1e")
        .serverHex("00020010" + "33".repeat(32))
        .clientHex("44".repeat(128 + 16))
        .serverHex("00000000")
        .clientHex("c1")
        .serverHex(INIT)
        .survivesMutation();
  }
}
