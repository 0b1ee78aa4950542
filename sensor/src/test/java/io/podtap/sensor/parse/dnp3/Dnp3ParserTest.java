/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dnp3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames with checksums of their own making, after IEEE 1815-2012 sections 8 and 9. */
class Dnp3ParserTest {

  /** Bits of the transport byte: first and last. */
  private static final int WHOLE = 0xC0;

  /** The checksum bit by bit, most significant first: not as the parser has it. */
  private static String crc(String digits) {
    int crc = 0;
    for (byte value : HexFormat.of().parseHex(digits)) {
      for (int bit = 0; bit < 8; bit++) {
        int in = (value >>> bit & 1) ^ (crc >>> 15);
        crc = (crc << 1 & 0xFFFF) ^ (in == 1 ? 0x3D65 : 0);
      }
    }
    int reversed = Integer.reverse(crc) >>> 16;
    int sent = ~reversed & 0xFFFF;
    return "%02x%02x".formatted(sent & 0xFF, sent >>> 8);
  }

  private static String frame(boolean fromMaster, int transport, String data) {
    String content = "%02x".formatted(transport) + data;
    String header =
        "0564"
            + "%02x".formatted(5 + content.length() / 2)
            + (fromMaster ? "c4" : "44")
            + "01000200";
    StringBuilder frame = new StringBuilder(header).append(crc(header));
    for (int at = 0; at < content.length(); at += 32) {
      String block = content.substring(at, Math.min(content.length(), at + 32));
      frame.append(block).append(crc(block));
    }
    return frame.toString();
  }

  private static String request(int function) {
    return frame(true, WHOLE, "c0" + "%02x".formatted(function) + "3c0206");
  }

  private static String response(int function, String indications) {
    return frame(/* fromMaster= */ false, WHOLE, "c0" + "%02x".formatted(function) + indications);
  }

  @ParameterizedTest
  @CsvSource({
    "0, CONFIRM",
    "1, READ",
    "2, WRITE",
    "3, SELECT",
    "4, OPERATE",
    "5, DIRECT_OPERATE",
    "6, DIRECT_OPERATE_NR",
    "7, IMMED_FREEZE",
    "8, IMMED_FREEZE_NR",
    "9, FREEZE_CLEAR",
    "10, FREEZE_CLEAR_NR",
    "11, FREEZE_AT_TIME",
    "12, FREEZE_AT_TIME_NR",
    "13, COLD_RESTART",
    "14, WARM_RESTART",
    "15, INITIALIZE_DATA",
    "16, INITIALIZE_APPL",
    "17, START_APPL",
    "18, STOP_APPL",
    "19, SAVE_CONFIG",
    "20, ENABLE_UNSOLICITED",
    "21, DISABLE_UNSOLICITED",
    "22, ASSIGN_CLASS",
    "23, DELAY_MEASURE",
    "24, RECORD_CURRENT_TIME",
    "25, OPEN_FILE",
    "26, CLOSE_FILE",
    "27, DELETE_FILE",
    "28, GET_FILE_INFO",
    "29, AUTHENTICATE_FILE",
    "30, ABORT_FILE",
    "31, ACTIVATE_CONFIG",
    "32, AUTHENTICATE_REQ",
    "33, AUTHENTICATE_REQ_NR",
    "99, unknown-99"
  })
  void writesEveryFunctionWithItsAnswer(int code, String name) {
    Talk talk = new Talk(20_000).clientHex(request(code)).serverHex(response(0x81, "9000"));

    assertThat(talk.isTheSameHoweverCut("dnp3").rows("dnp3"))
        .extracting(row -> row.get("fc_request"), row -> row.get("fc_reply"), row -> row.get("iin"))
        .containsExactly(tuple(name, "RESPONSE", "36864"));
    assertThat(talk.services()).isEqualTo(Dnp3Protocol.SERVICE.alone());
  }

  @Test
  void writesUnsolicitedAnswersAndRequestsWithoutOne() {
    Talk talk =
        new Talk(20_000)
            .serverHex(response(0x82, "0001"))
            .clientHex(request(0) + request(1))
            .serverHex(response(0x83, "0000"))
            .clientHex(request(2));

    assertThat(talk.isTheSameHoweverCut("dnp3").rows("dnp3"))
        .extracting(row -> row.get("fc_request"), row -> row.get("fc_reply"), row -> row.get("iin"))
        .containsExactly(
            tuple("-", "UNSOLICITED_RESPONSE", "1"),
            tuple("READ", "AUTHENTICATE_RESP", "0"),
            tuple("WRITE", "-", "-"));
  }

  @Test
  void joinsTheFramesOfAMessage() {
    Talk talk =
        new Talk(20_000)
            .clientHex(frame(true, 0x40, "c002" + "11".repeat(200)))
            .clientHex(frame(true, 0x01, "22".repeat(200)))
            .clientHex(frame(true, 0x82, "33".repeat(40)))
            .serverHex(response(0x81, "0000"));

    assertThat(talk.isTheSameHoweverCut("dnp3").rows("dnp3"))
        .extracting(row -> row.get("fc_request"))
        .containsExactly("WRITE");
  }

  @Test
  void readsDatagrams() {
    Talk talk = Talk.udp(20_000).clientHex(request(1)).serverHex(response(0x81, "0000"));

    assertThat(talk.rows("dnp3"))
        .extracting(row -> row.get("fc_request"), row -> row.get("fc_reply"))
        .containsExactly(tuple("READ", "RESPONSE"));
    assertThat(talk.services()).isEqualTo(Dnp3Protocol.OVER_UDP.alone());
  }

  private static String broken(String frame, int at) {
    return frame.substring(0, at) + (frame.charAt(at) == '0' ? '1' : '0') + frame.substring(at + 1);
  }

  @Test
  void notesWhatIsWrongWithFrames() {
    assertWeird(broken(request(1), 8), "dnp3_corrupt_header_checksum");
    assertWeird(broken(request(1), 26), "dnp3_corrupt_app_chunk_checksum");
    assertWeird("0565" + request(1).substring(4), "dnp3_header_lacks_magic");
    assertWeird(frame(/* fromMaster= */ false, WHOLE, "c001"), "dnp3_unexpected_flow_direction");
    assertWeird(frame(true, 0x80, "c001"), "dnp3_first_application_layer_chunk_missing");
    String header = "056404c401000200";
    assertWeird(header + crc(header), "dnp3_negative_or_zero_length_link_layer");
  }

  private static void assertWeird(String second, String name) {
    assertThat(new Talk(20_000).clientHex(request(1)).clientHex(second).rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("source"))
        .containsExactly(name + " DNP3_TCP");
  }

  @Test
  void findsTheNextFrameAfterAGap() {
    StreamScript script = StreamScript.tcp(20_000, 1_000);
    script.say(true, HexFormat.of().parseHex(request(1)));
    script.gap(true, 9).say(true, HexFormat.of().parseHex("0102" + request(2) + request(3)));
    script.say(/* fromClient= */ false, HexFormat.of().parseHex(response(0x81, "0000")));

    assertThat(script.rows("dnp3"))
        .extracting(row -> row.get("fc_request"), row -> row.get("fc_reply"))
        .as("whether the response belongs to the first request is not known")
        .containsExactly(tuple("READ", "-"), tuple("SELECT", "RESPONSE"));
  }

  @Test
  void survivesMutation() {
    new Talk(20_000)
        .clientHex(frame(true, 0x40, "c002" + "11".repeat(200)))
        .clientHex(frame(true, 0x82, "33".repeat(40)))
        .serverHex(response(0x81, "0000"))
        .survivesMutation();
  }
}
