/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscribers, replicas and watchers: who is answered when. */
class RedisModesTest {

  private static String command(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append(bulk(word));
    }
    return text.toString();
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  private static String list(String sign, int count, String... words) {
    StringBuilder text = new StringBuilder(sign + (words.length + (count < 0 ? 0 : 1)) + "\r\n");
    for (String word : words) {
      text.append(bulk(word));
    }
    return text.append(count < 0 ? "" : ":" + count + "\r\n").toString();
  }

  private static List<String> rows(Talk talk) {
    List<Map<String, String>> rows = talk.isTheSameHoweverCut("redis").rows("redis");
    assertThat(talk.rows("analyzer")).isEmpty();
    return rows.stream()
        .map(row -> row.get("cmd.name") + " " + row.get("success") + " " + row.get("reply.value"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"*, ''", "*, P", "*, S", ">, ''", ">, P", ">, S"})
  void aSubscriberBecomesAnOrdinaryConnectionAgain(String sign, String kind) {
    String subscribe = kind.toLowerCase(java.util.Locale.ROOT) + "subscribe";
    String leave = kind.isEmpty() ? "unsubscribe" : subscribe.charAt(0) + "unsubscribe";
    String message =
        kind.equals("P")
            ? list(sign, -1, "pmessage", "a*", "ab", "hello")
            : list(sign, -1, kind.equals("S") ? "smessage" : "message", "ab", "hello");
    Talk talk =
        new Talk(6_379)
            .client(command("GET", "k"))
            .server(bulk("1"))
            .client(command(subscribe.toUpperCase(java.util.Locale.ROOT), "a", "b"))
            .server(list(sign, 1, subscribe, "a") + list(sign, 2, subscribe, "b"))
            .server(message + message)
            .client(command(leave.toUpperCase(java.util.Locale.ROOT)))
            .server(list(sign, 1, leave, "a") + message + list(sign, 0, leave, "b"))
            .client(command("SET", "k", "v"))
            .server("+OK\r\n");

    assertThat(rows(talk))
        .containsExactly(
            "GET T 1",
            subscribe.toUpperCase(java.util.Locale.ROOT) + " - -",
            leave.toUpperCase(java.util.Locale.ROOT) + " - -",
            "SET T OK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-NOAUTH Authentication required.", "-NOPERM no channel"})
  void aRefusedSubscriptionIsAnOrdinaryAnswer(String refusal) {
    Talk talk =
        new Talk(6_379)
            .client(command("SUBSCRIBE", "a"))
            .server(refusal + "\r\n")
            .client(command("AUTH", "x"))
            .server("+OK\r\n")
            .client(command("LRANGE", "k", "0", "-1"))
            .server(list("*", -1, "message", "b", "c"));

    assertThat(rows(talk))
        .containsExactly(
            "SUBSCRIBE F " + refusal.substring(1), "AUTH T OK", "LRANGE T [message, b, c]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$EOF:0123456789012345678901234567890123456789\r\nREDIS0011\0\1\2x"
            + "0123456789012345678901234567890123456789",
        "$9\r\nREDIS0011",
        "\n\n$9\r\nREDIS0011"
      })
  void aReplicaIsSentWhatItAskedFor(String data) {
    Talk talk =
        new Talk(6_379)
            .client(command("PING"))
            .server("+PONG\r\n")
            .client(command("PSYNC", "?", "-1"))
            .server("+FULLRESYNC abc 14\r\n" + data)
            .server(command("SET", "k", "v") + command("PING"))
            .client(command("REPLCONF", "ACK", "14"))
            .server(command("SET", "k", "w"));

    assertThat(rows(talk))
        .containsExactly("PING T PONG", "PSYNC T FULLRESYNC abc 14", "REPLCONF - -");
  }
}
