/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.notice.NoticeTalk;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections with a packet every ten seconds, and conn_long.log. */
class LongConnectionsTest {

  private static final String ON = "longconnection.do_notice=true";

  private static NoticeTalk talk(String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "detect=long-connections";
    System.arraycopy(options, 0, all, 1, options.length);
    return new NoticeTalk(all);
  }

  /** Says something every ten seconds. */
  private static NoticeTalk speak(NoticeTalk talk, int times) {
    for (int i = 0; i < times; i++) {
      talk.pause(Duration.ofSeconds(10)).client("x");
    }
    return talk;
  }

  private static List<String> durations(NoticeTalk talk) {
    return talk.values("conn_long", "duration").stream()
        .map(text -> text.substring(0, text.indexOf('.')))
        .toList();
  }

  @Test
  void eachDurationIsARecordAndANotice() {
    try (NoticeTalk talk = talk(ON, "longconnection.default_durations=25,60,600").connect(9_999)) {
      speak(talk, 12);

      assertThat(durations(talk)).containsExactly("30", "60");
      assertThat(talk.values("conn_long", "orig_pkts")).containsExactly("5", "8");
      assertThat(talk.values("notice", "msg"))
          .containsExactly(
              "10.0.0.1 -> 10.0.0.2:9999/tcp remained alive for longer than 0m30s",
              "10.0.0.1 -> 10.0.0.2:9999/tcp remained alive for longer than 1m0s");
      assertThat(talk.values("notice", "sub")).containsExactly("30.01", "60.01");
    }
  }

  @Test
  void theLastDurationIsRepeatedByOptionAndTheRestIsARecordAtTheEnd() {
    NoticeTalk talk =
        talk("longconnection.default_durations=25,50", "longconnection.repeat_last_duration=true");
    speak(talk.connect(9_999), 12).close();

    assertThat(durations(talk)).containsExactly("30", "50", "100", "120");
    assertThat(talk.rows("notice")).isEmpty();
  }

  @Test
  void anEndedConnectionIsNotRepeatedAtTheEnd() {
    NoticeTalk talk =
        talk("longconnection.default_durations=25", "longconnection.repeat_last_duration=true");
    speak(talk.connect(9_999), 4).finish().idle(Duration.ofMinutes(10)).close();

    assertThat(durations(talk)).containsExactly("30");
    assertThat(talk.rows("conn")).hasSize(1);
  }

  @Test
  void aSilenceOverSeveralDurationsIsOneRecord() {
    try (NoticeTalk talk = talk("longconnection.default_durations=20,40,60,600").connect(9_999)) {
      speak(talk, 1).pause(Duration.ofSeconds(45)).client("x");
      speak(talk, 3);

      assertThat(durations(talk)).containsExactly("55", "65");
    }
  }

  @Test
  void datagramsAreConnectionsToo() {
    try (NoticeTalk talk =
        talk(ON, "longconnection.default_durations=25").datagrams(9_999).client("x")) {
      speak(talk, 3);

      assertThat(talk.values("notice", "msg"))
          .containsExactly("10.0.0.1 -> 10.0.0.2:9999/udp remained alive for longer than 0m30s");
    }
  }

  /** The originator's network decides before the responder's, and the closest before others. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "10.0.0.1/32=25; 30",
        "10.0.0.2/32=35; 40",
        "10.0.0.2/32=35,10.0.0.0/8=25; 30",
        "10.0.0.0/8=35,10.0.0.1=25; 30",
        "10.0.0.0/8=25,10.0.0.1/32=35,45; 40 50",
        "192.0.2.0/24=25; 70",
      })
  void networksMayHaveTheirOwnDurations(String cases, String expected) {
    try (NoticeTalk talk =
        talk("longconnection.default_durations=65", "longconnection.special_cases=" + cases)
            .connect(9_999)) {
      speak(talk, 7);

      assertThat(String.join(" ", durations(talk))).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "longconnection.default_durations=a",
        "longconnection.default_durations=0",
        "longconnection.default_durations=20,10",
        "longconnection.special_cases=10.0.0.0/8",
        "longconnection.special_cases=10.0.0.0/99=5",
        "longconnection.special_cases=10.0.0.0/8=x",
      })
  void invalidDurationsAreNamed(String option) {
    assertThatThrownBy(() -> talk(option)).isInstanceOf(SettingsException.class);
  }

  @Test
  void withoutDetectionsNoLogIsWritten() {
    try (NoticeTalk talk = new NoticeTalk("detect=known-hosts").connect(9_999)) {
      speak(talk, 100);

      assertThat(talk.rows("conn_long")).isEmpty();
    }
  }
}
