/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StreamNewsTest {

  private final List<String> lines = new ArrayList<>();
  private final StreamNews news = new StreamNews(Endpoint.parse("10.0.0.3", 6_343), lines::add);

  @Test
  void saysOnceThatItIsConnectedAndOnceWhyNot() {
    news.connected();
    news.problem("refused");
    news.problem("refused");
    news.connected();
    assertThat(lines)
        .containsExactly(
            "podtap: stream to 10.0.0.3:6343: connected",
            "podtap: stream to 10.0.0.3:6343: refused",
            "podtap: stream to 10.0.0.3:6343: connected");
  }

  @Test
  void aConnectionThatBreaksAgainAndAgainIsNoFlood() {
    for (int i = 0; i < 1_000; i++) {
      news.connected();
      news.problem("the sensor has closed the connection, " + i);
    }
    assertThat(lines).hasSize(3);
  }
}
