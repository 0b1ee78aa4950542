/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.trust.TrustFiles;
import io.podtap.tap.FakeSensors;
import io.podtap.tap.FakeSource;
import io.podtap.tap.Tap;
import io.podtap.tap.TapFixture;
import io.podtap.tap.TapSettings;
import io.podtap.tap.TlsSettings;
import io.podtap.tap.shed.ShedSettings;
import io.podtap.tap.stream.StreamSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WarmUpTest {

  private final FakeSource source = new FakeSource();
  private final FakeSensors sensors = new FakeSensors();
  private final TapSettings settings =
      TapFixture.settings(List.of(FakeSensors.endpoint(1)), 1, false);

  @Test
  void endsAndLeavesNoTrace() {
    Tap tap = TapFixture.open(source, sensors, settings, 0);
    tap.whenIdle(new WarmUp(settings, 1));
    for (int i = 0; i < 120; i++) {
      tap.await();
    }
    tap.close();
    assertThat(sensors.outputs(FakeSensors.endpoint(1)))
        .allMatch(output -> output.datagrams().isEmpty());
    assertThat(tap.ledger().packets()).isZero();
    assertThat(tap.ledger().balanced()).isTrue();
  }

  @Test
  void isBounded() {
    assertThat(slices(settings)).isBetween(1, 100);
  }

  @Test
  void isBoundedWithRecordsToo() {
    Path none = Path.of("none");
    TapSettings streaming =
        new TapSettings(
            settings.source(),
            settings.segment(),
            settings.encapsulation(),
            settings.sensors(),
            1,
            false,
            Optional.of(
                new TlsSettings(
                    new TrustFiles(none, none, none), List.of(), StreamSettings.DEFAULT)),
            ShedSettings.NONE);
    assertThat(slices(streaming)).isBetween(1, 100);
  }

  private static int slices(TapSettings settings) {
    int slices = 0;
    try (WarmUp warmUp = new WarmUp(settings, 1)) {
      while (!warmUp.isDone()) {
        warmUp.slice();
        slices++;
      }
    }
    return slices;
  }

  @Test
  void closesWithTheTapWhenItHasNotRun() {
    Tap tap = TapFixture.open(source, sensors, settings, 0);
    tap.whenIdle(new WarmUp(settings, 1));
    tap.close();
    assertThat(source.closed).isTrue();
  }
}
