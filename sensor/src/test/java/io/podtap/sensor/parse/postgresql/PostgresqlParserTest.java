/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Logins, queries and what comes of them. */
class PostgresqlParserTest {

  private static final String TLS_REQUEST = "\0\0\0\10\4\322\26\57";

  private static String length(int length) {
    return ""
        + (char) (length >> 24 & 0xFF)
        + (char) (length >> 16 & 0xFF)
        + (char) (length >> 8 & 0xFF)
        + (char) (length & 0xFF);
  }

  private static String message(char type, String content) {
    return type + length(4 + content.length()) + content;
  }

  private static String startup(String parameters) {
    return length(9 + parameters.length()) + "\0\3\0\0" + parameters + "\0";
  }

  private static final String READY = message('Z', "I");

  private static Talk talk() {
    String row = message('D', "\0\1" + "x".repeat(20_000));
    return new Talk(5_432)
        .client(TLS_REQUEST)
        .server("N")
        .client(startup("user\0me\0database\0d\0application_name\0psql\0"))
        .server(message('R', "\0\0\0\12SCRAM-SHA-256\0\0"))
        .client(message('p', "secret"))
        .server(message('R', "\0\0\0\13r=1") + message('R', "\0\0\0\0") + READY)
        .client(message('Q', "SELECT 1\0"))
        .server(message('T', "\0\0") + row + row + message('C', "SELECT 2\0") + READY)
        .client(message('Q', "DROP x\0"))
        .server(message('E', "SERROR\0C42P01\0Mno x\0\0") + READY)
        .client(message('Q', "CREATE y\0"))
        .server(message('N', "SNOTICE\0Mhm\0\0") + message('C', "CREATE\0") + READY)
        .client(message('X', ""));
  }

  private static List<String> texts(List<Map<String, String>> rows) {
    return rows.stream()
        .map(row ->
            String.join(
                " ",
                row.get("user"),
                row.get("application_name"),
                row.get("frontend"),
                row.get("frontend_arg"),
                row.get("backend"),
                row.get("backend_arg"),
                row.get("success"),
                row.get("rows")))
        .toList();
  }

  @Test
  void readsLoginsAndQueries() {
    assertThat(texts(talk().isTheSameHoweverCut("postgresql").rows("postgresql")))
        .containsExactly(
            "- - ssl_request - ssl_reply N F -",
            "me psql startup - auth_ok SASL,SASLContinue T -",
            "me psql simple_query SELECT 1 - - T 2",
            "me psql simple_query DROP x error"
                + " SeverityLocalized=ERROR,Code=42P01,Message=no x F -",
            "me psql simple_query CREATE y - SeverityLocalized=NOTICE,Message=hm T 0",
            "me psql terminate - - - - -");
  }

  @Test
  void keepsTheBeginningOfALongQuery() {
    Talk talk =
        new Talk(5_432)
            .client(startup("user\0me\0"))
            .server(message('R', "\0\0\0\0") + READY)
            .client(message('Q', "x".repeat(40_000) + "\0") + message('X', ""));
    assertThat(talk.isTheSameHoweverCut("postgresql").rows("postgresql"))
        .extracting(row -> row.get("frontend") + row.getOrDefault("frontend_arg", "").length())
        .containsExactly(
            "startup1", "simple_query" + PostgresqlMessageReader.CONTENT_BYTES_MAX, "terminate1");
  }

  @Test
  void leavesOtherProtocolsOnThePort() {
    Talk talk = new Talk(5_432).client("GET / HTTP/1.1\r\n\r\n").server("HTTP/1.1 200 OK\r\n\r\n");
    assertThat(talk.rows("postgresql")).isEmpty();
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }
}
