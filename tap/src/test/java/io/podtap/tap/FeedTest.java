/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.capture.RingSettings;
import io.podtap.core.config.Endpoint;
import io.podtap.tap.discover.SensorSet;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.testing.FrameBuilder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A tap whose sensors are found while it runs. */
final class FeedTest {

  private static final Endpoint A = FakeSensors.endpoint(1);
  private static final SourceSettings LIVE =
      new SourceSettings.Live(List.of("eth0"), RingSettings.DEFAULT, "");
  private static final SourceSettings FILE =
      new SourceSettings.CaptureFile(Path.of("none"), false, "");
  private static final long SECOND_NS = 1_000_000_000L;

  private final Deque<SensorSet> found = new ArrayDeque<>();
  private final FakeSource source = new FakeSource();
  private final FakeSensors sensors = new FakeSensors();
  private final long nowNs = System.currentTimeMillis() * 1_000_000L;

  private Tap open(SourceSettings from) {
    TapSettings settings =
        new TapSettings(
            from,
            SegmentSettings.DEFAULT,
            new EncapsulationSettings(Encapsulation.VXLAN, 42),
            SendSettings.of(List.of(), SendMode.JOINED, FakeSensors.LANES),
            1,
            true);
    Tap tap = TapFixture.open(source, sensors, settings, nowNs);
    tap.follow(
        new Tap.SensorFeed() {
          @Override
          public @Nullable SensorSet poll() {
            return found.poll();
          }

          @Override
          public Map<String, String> report() {
            return Map.of("sensors", "1");
          }
        });
    source.add(new FrameBuilder().udp().payload(new byte[10]).build());
    return tap;
  }

  private static void close(Tap tap, long sent, Ledger.Count... failed) {
    tap.close();
    assertThat(tap.ledger().balanced()).isTrue();
    assertThat(tap.ledger().sent()).isEqualTo(sent);
    assertThat(tap.ledger().interfaces().getFirst().failed()).containsExactly(failed);
  }

  @Test
  void thePacketsBeforeTheFirstSensorAreMirroredToo() {
    Tap tap = open(LIVE);
    tap.doWork(nowNs + SECOND_NS);
    found.add(new SensorSet(List.of(A), false));
    tap.doWork(nowNs + SECOND_NS + 1);
    tap.doWork(nowNs + SECOND_NS + 2);
    assertThat(sensors.outputs(A).stream().anyMatch(output -> !output.calls.isEmpty())).isTrue();
    close(tap, 1);
  }

  @Test
  void afterTwoSecondsPacketsWithoutSensorAreCounted() {
    Tap tap = open(LIVE);
    tap.doWork(nowNs + 10 * SECOND_NS);
    found.add(new SensorSet(List.of(A), false));
    tap.doWork(nowNs + 11 * SECOND_NS);
    source.add(new FrameBuilder().udp().payload(new byte[10]).build());
    tap.doWork(nowNs + 12 * SECOND_NS);
    close(tap, 1, new Ledger.Count("no_sensor", 1));
  }

  @Test
  void aFileWaitsForItsSensor() {
    Tap tap = open(FILE);
    tap.doWork(nowNs + 1_000 * SECOND_NS);
    found.add(new SensorSet(List.of(A), false));
    tap.doWork(nowNs + 1_001 * SECOND_NS);
    tap.doWork(nowNs + 1_001 * SECOND_NS);
    close(tap, 1);
  }

  @Test
  void withoutAnySensorItEndsAsAsked() {
    Tap tap = open(LIVE);
    tap.stop();
    tap.doWork(nowNs);
    close(tap, 0, new Ledger.Count("no_sensor", 1));
  }
}
