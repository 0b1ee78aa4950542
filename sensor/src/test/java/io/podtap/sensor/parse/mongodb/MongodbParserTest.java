/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages as MongoDB's wire protocol lays them out. */
class MongodbParserTest {

  private static String i32(int value) {
    return "%08x".formatted(Integer.reverseBytes(value));
  }

  private static String text(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII)) + "00";
  }

  private static String message(int id, int answered, int kind, String body) {
    return i32(16 + body.length() / 2) + i32(id) + i32(answered) + i32(kind) + body;
  }

  /** One element that is a number, behind it as many bytes as wanted. */
  private static String document(String name, int more) {
    String element = "10" + text(name) + i32(1) + "00" + "aa".repeat(more);
    return i32(4 + element.length() / 2) + element;
  }

  private static String command(int id, int answered, String name, int more) {
    return message(id, answered, 2_013, i32(0) + "00" + document(name, more));
  }

  private static Talk talk() {
    return new Talk(37_017)
        .clientHex(
            message(
                1,
                0,
                2_004,
                i32(0) + text("admin.$cmd") + i32(0) + i32(1) + document("isMaster", 9)))
        .serverHex(message(9, 1, 1, "00".repeat(20) + document("ok", 500)))
        .clientHex(command(2, 0, "find", 3) + command(3, 0, "insert", 4_000))
        .serverHex(command(10, 2, "cursor", 5) + command(11, 3, "n", 5))
        .clientHex(message(4, 0, 2_012, "aabbccdd"))
        .serverHex(message(12, 4, 2_012, "aabbccdd"))
        .clientHex(command(5, 0, "find", 0))
        .serverHex(command(13, 5, "cursor", 0));
  }

  @Test
  void countsCommandsByName() {
    List<Map<String, String>> rows = talk().isTheSameHoweverCut("requests").rows("requests");

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .containsEntry("service", "mongodb")
        .containsEntry("requests", "5")
        .containsEntry("kinds", "isMaster,find,insert,compressed")
        .containsEntry("counts", "1,2,1,1");
  }

  @Test
  void namesTheService() {
    assertThat(talk().services()).isEqualTo(MongodbProtocol.SERVICE.alone());
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }
}
