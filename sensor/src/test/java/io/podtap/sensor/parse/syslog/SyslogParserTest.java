/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages in datagrams, lines and counted pieces. */
class SyslogParserTest {

  private static List<String> texts(List<Map<String, String>> rows) {
    return rows.stream()
        .map(row ->
            String.join(
                " ",
                row.get("proto"),
                row.get("facility"),
                row.get("severity"),
                row.get("message")))
        .toList();
  }

  @Test
  void readsDatagrams() {
    Talk talk =
        Talk.udp(514)
            .client("<13>hello")
            .client("<191>1 - - -\n")
            .client("no number")
            .client("<999>x");
    assertThat(texts(talk.rows("syslog")))
        .containsExactly(
            "udp USER NOTICE hello",
            "udp LOCAL7 DEBUG 1 - - -\\x0a",
            "udp UNSPECIFIED UNSPECIFIED no number",
            "udp ?-124 DEBUG x");
  }

  @Test
  void leavesWhatIsNoText() {
    assertThat(Talk.udp(514).client("\1\2\3").rows("syslog")).isEmpty();
  }

  private static Talk stream() {
    return new Talk(514)
        .client("<14>first line\n<15>second\r\n")
        .client("11 <0>counted\n8 <1>again<2>line\n");
  }

  @Test
  void readsStreamsHoweverFramed() {
    assertThat(texts(stream().isTheSameHoweverCut("syslog").rows("syslog")))
        .containsExactly(
            "tcp USER INFO first line",
            "tcp USER DEBUG second",
            "tcp KERN EMERG counted",
            "tcp KERN ALERT again",
            "tcp KERN CRIT line");
  }

  @Test
  void leavesAnotherProtocolOnThePort() {
    assertThat(new Talk(514).client("1022\0root\0root\0ls\0").rows("syslog")).isEmpty();
    assertThat(new Talk(514).client("<13>" + "x".repeat(40_000)).rows("syslog")).isEmpty();
  }

  @Test
  void survivesMutation() {
    stream().survivesMutation();
    Talk.udp(514).client("<13>hello").client("text").survivesMutation();
  }
}
