/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.modbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.flow.ServiceSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every function with its request, its answer and its exception, after the specification. */
class ModbusParserTest {

  private static String message(int transaction, int function, String data) {
    return "%04x".formatted(transaction)
        + "0000"
        + "%04x".formatted(2 + data.length() / 2)
        + "11"
        + "%02x".formatted(function)
        + data;
  }

  private static Talk talk(int function, String request, String answer) {
    return new Talk(502)
        .clientHex(message(1, function, request) + message(2, function, request))
        .serverHex(message(1, function, answer))
        .serverHex(message(2, function | 0x80, "02"));
  }

  /** Functions, and the shortest data that they may have. */
  @ParameterizedTest
  @CsvSource({
    "1, READ_COILS, 00000008, 0155",
    "2, READ_DISCRETE_INPUTS, 00000008, 0155",
    "3, READ_HOLDING_REGISTERS, 00000001, 020007",
    "4, READ_INPUT_REGISTERS, 00000001, 020007",
    "5, WRITE_SINGLE_COIL, 0000ff00, 0000ff00",
    "6, WRITE_SINGLE_REGISTER, 00000007, 00000007",
    "7, READ_EXCEPTION_STATUS, '', 55",
    "8, DIAGNOSTICS, 00000000, 00000000",
    "9, PROGRAM_484, '', ''",
    "10, POLL_484, '', ''",
    "11, GET_COMM_EVENT_COUNTER, '', 00000001",
    "12, GET_COMM_EVENT_LOG, '', 06000000010001",
    "13, PROGRAM_584_984, '', ''",
    "14, POLL_584_984, '', ''",
    "15, WRITE_MULTIPLE_COILS, 000000080155, 00000008",
    "16, WRITE_MULTIPLE_REGISTERS, 00000001020007, 00000001",
    "17, REPORT_SLAVE_ID, '', 0200ff",
    "18, PROGRAM_884_U84, '', ''",
    "19, RESET_COMM_LINK_884_U84, '', ''",
    "20, READ_FILE_RECORD, 0706000100000001, 0403060007",
    "21, WRITE_FILE_RECORD, 0906000100000001abcd, 0906000100000001abcd",
    "22, MASK_WRITE_REGISTER, 000000f20025, 000000f20025",
    "23, READ_WRITE_MULTIPLE_REGISTERS, 0000000100000001020007, 020007",
    "24, READ_FIFO_QUEUE, 0000, 000400010007",
    "40, PROGRAM_CONCEPT, '', ''",
    "41, MULTIPLE_FUNCTION_CODES, '', ''",
    "43, ENCAP_INTERFACE_TRANSPORT, 0e0100, 0e0100",
    "90, PROGRAM_UNITY, 0002, 00fe",
    "91, OBJECT_MESSAGING, '', ''",
    "125, FIRMWARE_REPLACEMENT, '', ''",
    "126, PROGRAM_584_984_2, '', ''",
    "127, REPORT_LOCAL_ADDRESS, '', ''",
    "99, unknown-99, '', ''"
  })
  void writesEveryMessage(int function, String name, String request, String answer) {
    Talk talk = talk(function, request, answer);
    List<Map<String, String>> rows = talk.isTheSameHoweverCut("modbus").rows("modbus");
    String failed = name.startsWith("unknown") ? "unknown-227" : name + "_EXCEPTION";

    assertThat(rows)
        .extracting(
            row -> row.get("tid"),
            row -> row.get("unit"),
            row -> row.get("func"),
            row -> row.get("pdu_type"),
            row -> row.get("exception"))
        .containsExactly(
            tuple("1", "17", name, "REQ", "-"),
            tuple("2", "17", name, "REQ", "-"),
            tuple("1", "17", name, "RESP", "-"),
            tuple("2", "17", failed, "RESP", "ILLEGAL_DATA_ADDRESS"));
    assertThat(talk.services()).isEqualTo(ModbusProtocol.SERVICE.alone());
  }

  @ParameterizedTest
  @CsvSource({
    "1, ILLEGAL_FUNCTION",
    "2, ILLEGAL_DATA_ADDRESS",
    "3, ILLEGAL_DATA_VALUE",
    "4, SLAVE_DEVICE_FAILURE",
    "5, ACKNOWLEDGE",
    "6, SLAVE_DEVICE_BUSY",
    "8, MEMORY_PARITY_ERROR",
    "10, GATEWAY_PATH_UNAVAILABLE",
    "11, GATEWAY_TARGET_DEVICE_FAILED_TO_RESPOND",
    "77, unknown-77"
  })
  void namesExceptions(int code, String name) {
    assertThat(ModbusNames.exception(code)).isEqualTo(name);
  }

  @Test
  void isNoLongerModbusWhenAMessageEndsInItsData() {
    Talk talk =
        new Talk(502)
            .clientHex(message(1, 1, "00000008"))
            .serverHex(message(1, 1, "0155"))
            .clientHex(message(2, 22, "00000000"))
            .clientHex(message(3, 1, "00000008"));

    assertThat(talk.rows("modbus"))
        .extracting(row -> row.get("func"))
        .containsExactly("READ_COILS", "READ_COILS", "MASK_WRITE_REGISTER");
    assertThat(talk.services()).isEqualTo(ServiceSet.EMPTY);
    assertThat(talk.rows("analyzer")).hasSize(1);
  }

  @Test
  void passesOverAMessageThatIsTooLong() {
    String head = "000100008804" + "0507";
    Talk talk = new Talk(502).clientHex(head + "00".repeat(0x8804 - 2) + message(2, 7, ""));

    assertThat(talk.rows("modbus")).extracting(row -> row.get("tid")).containsExactly("1", "2");
  }

  @Test
  void leavesAnotherProtocolOnThePortAlone() {
    Talk talk = new Talk(502).client("GET / HTTP/1.1\r\n\r\n").server("HTTP/1.1 200 OK\r\n\r\n");

    assertThat(talk.rows("modbus")).isEmpty();
    assertThat(ModbusProtocol.SERVICE.isIn(talk.services())).isFalse();
  }

  @Test
  void findsTheNextMessageAfterAGap() {
    StreamScript script = StreamScript.tcp(502, 1_000);
    script.say(true, HexFormat.of().parseHex(message(1, 1, "00000008") + "00020000"));
    script.gap(true, 12);
    script.say(true, HexFormat.of().parseHex("ffee" + message(7, 3, "00000001")));
    script.say(true, HexFormat.of().parseHex(message(8, 4, "00000001") + message(9, 7, "")));

    assertThat(script.rows("modbus"))
        .extracting(row -> row.get("tid"))
        .containsExactly("1", "7", "8", "9");
  }

  @Test
  void survivesMutation() {
    talk(23, "0000000100000001020007", "020007").survivesMutation();
  }
}
