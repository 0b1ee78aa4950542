/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import org.junit.jupiter.api.Test;

/** Hand-made conversations of protocol 10. */
class MysqlParserTest {

  private static String packet(int number, String content) {
    int length = content.length();
    return "" + (char) (length & 255) + (char) (length >> 8) + '\0' + (char) number + content;
  }

  private static Talk talk() {
    String greeting = "\n8.0\0" + "abcd" + "\1".repeat(9) + "\0\2" + "\0\0\0" + "\0\0" + "\0";
    return new Talk(3_307)
        .server(packet(0, greeting))
        .client(packet(1, "\0\2\0\0" + "\0".repeat(28) + "joe\0\0"))
        .server(packet(2, "\0\0\0\0\0\0\0"))
        .client(packet(0, "\3select 1"))
        .server(packet(1, "\1") + packet(2, "def") + packet(3, "\u00fe\0\0\0\0"))
        .server(packet(4, "\1" + "1") + packet(5, "\u00fe\0\0\0\0"))
        .client(packet(0, "\3update t"))
        .server(packet(1, "\0\5\0\0\0\0\0"))
        .client(packet(0, "\3oops"))
        .server(packet(1, "\u00ff\1\1#42000bad"))
        .client(packet(0, "\1"));
  }

  @Test
  void pairsCommandsWithTheirOutcome() {
    assertThat(talk().isTheSameHoweverCut("mysql").rows("mysql"))
        .extracting(row ->
            String.join(
                " ",
                row.get("cmd"),
                row.get("arg"),
                row.get("success"),
                row.get("rows"),
                row.get("response")))
        .containsExactly(
            "login joe T 0 -",
            "query select 1 T 0 -",
            "query update t T 5 -",
            "query oops F - bad",
            "quit (empty) - - -");
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }
}
