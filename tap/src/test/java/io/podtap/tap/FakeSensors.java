/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.filter.OwnTraffic;
import io.podtap.core.packet.IpProtocol;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.testing.RecordingOutput;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sensors in memory, two lanes each. */
public final class FakeSensors implements Tap.LaneOpener {

  static final int LANES = 2;

  /** All that were ever opened, by what lanes of theirs. */
  public final Map<SensorLanes, List<RecordingOutput>> opened = new ConcurrentHashMap<>();

  final Set<Endpoint> unreachable = new HashSet<>();

  public static Endpoint endpoint(int number) {
    return Endpoint.parse("10.0.0." + number, 4_789);
  }

  @Override
  public SensorLanes open(Endpoint sensor, int firstLaneId) {
    if (unreachable.contains(sensor)) {
      throw new SettingsException("sensor " + sensor + ": no route");
    }
    List<RecordingOutput> outputs = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      outputs.add(new RecordingOutput());
    }
    SensorLanes lanes = new SensorLanes(sensor, outputs, firstLaneId);
    opened.put(lanes, outputs);
    return lanes;
  }

  @Override
  public LoopGuard guard(List<SensorLink> sensors) {
    return LoopGuard.byOwnTraffic(
        sensors.stream()
            .map(one -> new OwnTraffic(IpProtocol.UDP, one.sensor(), List.of(50_000)))
            .toList());
  }

  /** Returns the outputs of a sensor's present or latest lanes. */
  public List<RecordingOutput> outputs(Endpoint sensor) {
    return opened.entrySet().stream()
        .filter(entry -> entry.getKey().sensor().equals(sensor))
        .max((a, b) -> Integer.compare(openOnes(a.getValue()), openOnes(b.getValue())))
        .orElseThrow()
        .getValue();
  }

  private static int openOnes(List<RecordingOutput> outputs) {
    return (int) outputs.stream().filter(output -> !output.closed).count();
  }
}
