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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are acknowledged and were not captured, measured at intervals of packet time. */
class CaptureLossTest {

  private static final String MUCH = "CaptureLoss::Too_Much_Loss";
  private static final String LITTLE = "CaptureLoss::Too_Little_Traffic";

  private static NoticeTalk talk(String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "detect=capture-loss";
    System.arraycopy(options, 0, all, 1, options.length);
    return new NoticeTalk(all);
  }

  private static NoticeTalk exchange(NoticeTalk talk, int times, int lostOfTimes) {
    for (int i = 0; i < times; i++) {
      if (i < lostOfTimes) {
        talk.lose(true, 100).acknowledge(/* fromClient= */ false);
      } else {
        talk.client("x".repeat(100));
      }
    }
    return talk;
  }

  @Test
  void lossIsMeasuredAfterAMinuteAndThenEveryQuarter() {
    try (NoticeTalk talk = talk().connect(9_999)) {
      exchange(talk, 20, 1).idle(Duration.ofSeconds(61));
      assertThat(talk.values("capture_loss", "acks")).containsExactly("20");
      assertThat(talk.values("capture_loss", "gaps")).containsExactly("1");
      assertThat(talk.values("capture_loss", "percent_lost")).containsExactly("5.0");
      assertThat(talk.kinds()).isEmpty();
      exchange(talk, 20, 3).idle(Duration.ofMinutes(10));
      assertThat(talk.rows("capture_loss")).hasSize(1);
      talk.idle(Duration.ofSeconds(301));
      assertThat(talk.values("capture_loss", "percent_lost")).containsExactly("5.0", "15.0");
      assertThat(talk.values("notice", "msg"))
          .containsExactly("The capture loss script detected an estimated loss rate above 15.000%");
      assertThat(talk.kinds()).containsExactly(MUCH);
    }
  }

  @Test
  void anIntervalWithoutTrafficIsANoticeOnceAnHour() {
    try (NoticeTalk talk = talk().connect(9_999)) {
      talk.idle(Duration.ofSeconds(61));
      for (int i = 0; i < 3; i++) {
        talk.idle(Duration.ofSeconds(901));
      }
      assertThat(talk.values("notice", "msg"))
          .containsExactly("Only observed 0 TCP ACKs and was expecting at least 1.");
      talk.idle(Duration.ofSeconds(3_601));
      assertThat(talk.kinds()).containsExactly(LITTLE, LITTLE);
    }
  }

  @Test
  void theRestIsMeasuredAtTheEnd() {
    NoticeTalk talk = exchange(talk().connect(9_999), 10, 2);
    talk.close();
    assertThat(talk.values("capture_loss", "percent_lost")).containsExactly("20.0");
    assertThat(talk.kinds()).containsExactly(MUCH);
    NoticeTalk none = talk().datagrams(9_999).client("x");
    none.close();
    assertThat(none.rows("capture_loss")).isEmpty();
    assertThat(none.kinds()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "-0.1", "much", "NaN"})
  void invalidSharesAreNamed(String share) {
    assertThatThrownBy(() -> talk("captureloss.too_much_loss=" + share))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("captureloss.too_much_loss");
  }
}
