package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class WarmUpTest {

  private final FakeSource source = new FakeSource();
  private final FakeSensors sensors = new FakeSensors();
  private final TapSettings settings =
      TapFixture.settings(List.of(FakeSensors.endpoint(1)), 1, false);

  @Test
  void endsAndLeavesNoTrace() {
    Tap tap = TapFixture.open(source, sensors, settings, 0);
    tap.warmUp(new WarmUp(settings, 1));
    for (int i = 0; i < 120; i++) {
      tap.await();
    }
    tap.onClose();
    assertThat(sensors.outputs(FakeSensors.endpoint(1)))
        .allMatch(output -> output.datagrams().isEmpty());
    assertThat(tap.ledger().packets()).isZero();
    assertThat(tap.ledger().balanced()).isTrue();
  }

  @Test
  void isBounded() {
    try (WarmUp warmUp = new WarmUp(settings, 1)) {
      int slices = 0;
      while (!warmUp.isDone()) {
        warmUp.slice();
        slices++;
      }
      assertThat(slices).isBetween(1, 100);
    }
  }

  @Test
  void closesWithTheTapWhenItHasNotRun() {
    Tap tap = TapFixture.open(source, sensors, settings, 0);
    tap.warmUp(new WarmUp(settings, 1));
    tap.onClose();
    assertThat(source.closed).isTrue();
  }
}
