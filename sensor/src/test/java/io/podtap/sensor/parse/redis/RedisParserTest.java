/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.Map;
import java.util.StringTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands and values of RESP. */
class RedisParserTest {

  private static Talk talk() {
    return new Talk(7_000)
        .client("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nv1\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")
        .server("+OK\r\n$2\r\nv1\r\n")
        .client("*1\r\n$3\r\nFOO\r\n")
        .server("-ERR no\r\n")
        .client("*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$4\r\nSKIP\r\n*1\r\n$4\r\nPING\r\n")
        .client("*2\r\n$6\r\nXRANGE\r\n$1\r\nx\r\n")
        .server("|1\r\n+ttl\r\n:3\r\n*3\r\n:1\r\n*2\r\n+a\r\n$-1\r\n%1\r\n+k\r\n#t\r\n")
        .client("PING\r\n")
        .server("+PONG\r\n");
  }

  @Test
  void pairsCommandsWithReplies() {
    assertThat(talk().isTheSameHoweverCut("redis").rows("redis"))
        .extracting(row ->
            String.join(
                " ",
                row.get("cmd.name"),
                row.get("cmd.key"),
                row.get("cmd.value"),
                row.get("success"),
                row.get("reply.value")))
        .containsExactly(
            "SET k v1 T OK",
            "GET k - T v1",
            "FOO - - F ERR no",
            "CLIENT - - - -",
            "PING - - - -",
            "XRANGE - - T [1, [a, ], {k: T}]",
            "PING - - T PONG");
  }

  @Test
  void moreCommandsThanMayWaitAreWeird() {
    Talk talk = new Talk(6_379).client("*1\r\n$4\r\nPING\r\n".repeat(10_001));
    assertThat(talk.rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("addl") + ' ' + row.get("source"))
        .containsExactly("Redis_excessive_pipelining 10001 > 10000 REDIS");
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }

  private static String row(String client, String server) {
    Map<String, String> row =
        new Talk(6_379).client(client).server(server).rows("redis").getFirst();
    return row.get("cmd.key") + " " + row.get("cmd.value") + " " + row.get("reply.value");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "APPEND a b|a b",
        "BITCOUNT a b|a -",
        "BITOP a b c|b -",
        "BLMPOP a b c|c -",
        "COPY a b|a -",
        "DECRBY a b|a b",
        "EXISTS a b|a -",
        "EXPIRE a b|a b",
        "GETBIT a b|a b",
        "GETSET a b|a b",
        "HDEL a b|a b",
        "HGET a b|a b",
        "HSET a b c|a -",
        "INCRBY a b|a b",
        "KEYS a|a -",
        "MGET a b|a -",
        "MOVE a b|a b",
        "MSET a b|a b",
        "RENAME a b|a b",
        "SET a b|a b",
        "set a b|a b",
        "TTL a|a -",
        "TYPE a|a -",
        "PUBLISH a b|- -",
        "SETNX a b|- -",
        "HGETALL a|- -",
        "LPUSH a b|- -",
        "GET|- -",
      })
  void namesKeyAndValueOfZeeksCommands(String command, String shown) {
    StringBuilder framed = new StringBuilder();
    int count = 0;
    StringTokenizer words = new StringTokenizer(command);
    while (words.hasMoreTokens()) {
      String word = words.nextToken();
      framed.append("$").append(word.length()).append("\r\n").append(word).append("\r\n");
      count++;
    }
    assertThat(row("*" + count + "\r\n" + framed, "+OK\r\n")).isEqualTo(shown + " OK");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "$-1|(empty)",
        "*-1|[]",
        "_|null",
        "#t|T",
        "#f|F",
        ",1.5|1.5",
        "(123|123",
        ":7|7",
        "~2,+a,+b|(a, b)",
        "%1,+a,:1|{a: 1}",
        "*2,+a,*0|[a, []]",
        "=5,txt:a|txt:a",
      })
  void showsRepliesAsZeekDoes(String lines, String shown) {
    String reply = lines.startsWith("=") ? "=5\r\ntxt:a\r\n" : lines.replace(",", "\r\n");
    reply = lines.startsWith(",") ? ",1.5" : reply;
    assertThat(row("*2\r\n$3\r\nGET\r\n$1\r\na\r\n", reply + (reply.endsWith("\n") ? "" : "\r\n")))
        .isEqualTo("a - " + shown);
  }

  @Test
  void takesWordsInMarksAsTheyAre() {
    assertThat(row("SET \"a b\" 'c\\'d'\r\n", "+OK\r\n")).isEqualTo("\"a b\" 'c\\\\'d' OK");
  }

  @Test
  void cutsWhatIsLong() {
    String longText = "x".repeat(300);
    assertThat(row("SET k " + longText + "\r\n", "$300\r\n" + longText + "\r\n"))
        .isEqualTo("k " + "x".repeat(250) + " " + "x".repeat(250));
  }
}
