/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers of every kind are known by their greeting, on any port. */
class GreetingTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3.23.58",
        "5.7.44-log",
        "8.4.5",
        "9.3.0",
        "10.11.6-MariaDB-1",
        "5.5.5-10.6.12-MariaDB",
        "11.8.2-MariaDB-ubu2404",
        "12.0.1-MariaDB",
        "8.0.36-28 (Percona Server)",
        "10.4.2-ProxySQL",
        "5.7.25-TiDB-v7.1.0",
        "MaxScale",
        "8.0.11-Vitess"
      })
  void namesTheService(String version) {
    String greeting =
        "\n"
            + version
            + "\0"
            + "abcd"
            + "\1".repeat(8)
            + "\0\0\2"
            + "!\2\0\0\0\25"
            + "\0".repeat(10);
    Talk talk =
        new Talk(15_000)
            .server(packet(0, greeting))
            .client(packet(1, "\0\2\0\0" + "\0".repeat(28) + "joe\0\0"))
            .server(packet(2, "\0\0\0\2\0\0\0"))
            .client(packet(0, "\3select 1"))
            .server(packet(1, "\0\5\0\2\0\0\0"));

    assertThat(talk.rows("mysql"))
        .extracting(row -> row.get("cmd") + " " + row.get("arg") + " " + row.get("rows"))
        .containsExactly("login joe 0", "query select 1 5");
  }

  private static String packet(int number, String content) {
    int length = content.length();
    return "" + (char) (length & 255) + (char) (length >> 8) + '\0' + (char) number + content;
  }
}
