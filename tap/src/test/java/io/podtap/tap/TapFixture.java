/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.config.Endpoint;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.ledger.ReportText;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.source.TapSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A whole tap between a source and sensors in memory; the test turns the crank. */
public final class TapFixture {

  static final int VNI = 42;

  private TapFixture() {}

  public static TapSettings settings(List<Endpoint> endpoints, int padBytes, boolean reporting) {
    return new TapSettings(
        new SourceSettings.CaptureFile(Path.of("none"), false, ""),
        SegmentSettings.DEFAULT,
        new EncapsulationSettings(Encapsulation.VXLAN, VNI),
        SendSettings.of(endpoints, SendMode.JOINED, FakeSensors.LANES),
        padBytes,
        reporting);
  }

  public static Tap open(TapSource source, FakeSensors sensors, TapSettings settings, long nowNs) {
    List<SensorLanes> lanes = new ArrayList<>();
    for (Endpoint endpoint : settings.sensors().sensors()) {
      lanes.add(sensors.open(endpoint, lanes.size() * FakeSensors.LANES));
    }
    TapIdentity identity = TapIdentity.of(Map.of(), "");
    return new Tap(
        settings,
        identity,
        new ReportText(identity.values(), settings.source().label(), VNI),
        source,
        lanes,
        sensors,
        nowNs);
  }
}
