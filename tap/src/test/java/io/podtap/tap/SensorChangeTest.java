/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.filter.OwnTraffic;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.testing.FrameBuilder;
import io.podtap.tap.testing.RecordingOutput;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sensors come and go while the tap runs. */
final class SensorChangeTest {

  private static final Endpoint A = FakeSensors.endpoint(1);
  private static final Endpoint B = FakeSensors.endpoint(2);
  private static final Endpoint C = FakeSensors.endpoint(3);
  private static final int FLOWS = 200;

  /** Behind the VXLAN, Ethernet and IPv4 header. */
  private static final int SOURCE_PORT_LOW = 8 + 14 + 20 + 1;

  private final FakeSource source = new FakeSource();
  private final FakeSensors sensors = new FakeSensors();
  private long nowNs = System.currentTimeMillis() * 1_000_000L;
  private final Tap tap = open(List.of(A, B), false);

  private Tap open(List<Endpoint> endpoints, boolean reporting) {
    return TapFixture.open(source, sensors, TapFixture.settings(endpoints, 1, reporting), nowNs);
  }

  @AfterEach
  void close() {
    tap.close();
    assertThat(tap.ledger().balanced()).as("%s", tap.ledger()).isTrue();
    assertThat(sensors.opened.values())
        .allSatisfy(outputs -> assertThat(outputs).allMatch(output -> output.closed));
  }

  /** Sends one packet of each flow and returns which sensor got which flow, by source port. */
  private Map<Integer, Endpoint> placement() {
    Map<Integer, Endpoint> placement = new HashMap<>();
    sensors.opened.values().forEach(outputs -> outputs.forEach(output -> output.calls.clear()));
    for (int flow = 0; flow < FLOWS; flow++) {
      byte[] frame = new FrameBuilder().udp().payload(new byte[10]).build();
      frame[14 + 20] = (byte) 200;
      frame[14 + 21] = (byte) flow;
      source.add(frame);
    }
    step(1);
    sensors.opened.forEach((lanes, outputs) ->
        outputs.stream()
            .flatMap(output -> output.datagrams().stream())
            .forEach(datagram -> placement.put(datagram[SOURCE_PORT_LOW] & 0xFF, lanes.sensor())));
    return placement;
  }

  private boolean isOpen(Endpoint sensor) {
    return sensors.opened.keySet().stream().anyMatch(one -> one.sensor().equals(sensor))
        && sensors.outputs(sensor).stream().noneMatch(output -> output.closed);
  }

  private void step(long milliseconds) {
    nowNs += milliseconds * 1_000_000L;
    tap.doWork(nowNs);
  }

  private void change(Endpoint... endpoints) {
    tap.changeSensors(List.of(endpoints));
  }

  private Set<Endpoint> guarded() {
    Set<Endpoint> endpoints = new HashSet<>();
    for (OwnTraffic own : source.guards.getLast().ownTraffic()) {
      endpoints.add(own.remote());
    }
    return endpoints;
  }

  @Test
  void flowsStayWhereTheyAreWhenASensorComesAndMoveOnlyToIt() {
    Map<Integer, Endpoint> before = placement();
    assertThat(before).hasSize(FLOWS);
    change(C, B, A);
    Map<Integer, Endpoint> after = placement();
    assertThat(after).hasSize(FLOWS);
    assertThat(after.values()).contains(A, B, C);
    after.forEach((flow, sensor) -> {
      if (!sensor.equals(C)) {
        assertThat(sensor).isEqualTo(before.get(flow));
      }
    });
    change(A, B);
    assertThat(placement()).isEqualTo(before);
  }

  @Test
  void theGuardKnowsNewLanesBeforeTheySendAndForgetsFormerOnesAMomentLater() {
    change(A, C);
    assertThat(guarded()).containsExactlyInAnyOrder(A, B, C);
    step(500);
    assertThat(guarded()).contains(B);
    step(SensorRoster.LINGER_NS / 1_000_000 + 500);
    assertThat(guarded()).containsExactlyInAnyOrder(A, C);
  }

  @Test
  void theSameSetCostsNothing() {
    int lanes = sensors.opened.size();
    for (int i = 0; i < 1_000; i++) {
      change(B, A, A);
    }
    assertThat(sensors.opened).hasSize(lanes);
    assertThat(source.guards).isEmpty();
    assertThat(isOpen(A)).isTrue();
  }

  @Test
  void withoutAnySensorFramesAreCountedByThatCause() {
    change();
    assertThat(placement()).isEmpty();
    assertThat(isOpen(A)).isFalse();
    change(A);
    assertThat(placement()).hasSize(FLOWS);
    step(1_000);
    assertThat(tap.ledger().interfaces().getFirst().failed())
        .containsExactly(new Ledger.Count("no_sensor", FLOWS));
  }

  @Test
  void aSensorThatCannotBeOpenedIsNamedAndTriedAgain() {
    sensors.unreachable.add(C);
    change(A, C);
    assertThat(tap.sensorProblem()).contains("10.0.0.3", "no route");
    assertThat(placement().values()).containsOnly(A);
    sensors.unreachable.clear();
    step(SensorRoster.RETRY_NS / 1_000_000 + 1_000);
    assertThat(tap.sensorProblem()).isEmpty();
    assertThat(placement().values()).contains(A, C);
  }

  @Test
  void thePresentSensorsStayWhenNoneOfTheWantedOnesCanBeOpened() {
    sensors.unreachable.add(C);
    change(C);
    assertThat(placement()).hasSize(FLOWS).containsValue(A).containsValue(B);
    change(A, B);
    assertThat(tap.sensorProblem()).isEmpty();
  }

  @Test
  void nothingIsSentThatTheGuardDoesNotKnow() {
    source.refusesGuards = true;
    change(A, C);
    assertThat(tap.sensorProblem()).contains("loop guard");
    assertThat(placement().values()).contains(A, B).doesNotContain(C);
    assertThat(isOpen(C)).isFalse();
    source.refusesGuards = false;
    step(SensorRoster.RETRY_NS / 1_000_000 + 1_000);
    assertThat(placement().values()).contains(C).doesNotContain(B);
  }

  @Test
  void thousandsOfChangesLeaveNothingBehind() {
    for (int i = 0; i < 2_000; i++) {
      change(A, FakeSensors.endpoint(2 + i % 200));
      step(10);
    }
    long open = sensors.opened.values().stream().filter(one -> !one.getFirst().closed).count();
    assertThat(open).isEqualTo(2);
  }

  @Test
  void sensorsThatComeAndGoAreToldWhatWasSent() {
    Tap reporting = open(List.of(A), true);
    reporting.changeSensors(List.of(C));
    assertThat(texts(A)).anyMatch(text -> text.contains("state=running"));
    assertThat(texts(C))
        .as("a report on the first lane, and the question whether a socket is read there")
        .satisfiesExactly(
            report -> assertThat(report).contains("state=start"),
            probe -> assertThat(probe).contains("podtap-q"));
    reporting.changeSensors(List.of(B));
    reporting.changeSensors(List.of(A, B));
    assertThat(reporting.ledger().balanced()).isTrue();
    assertThat(reporting.sensorProblem()).isEmpty();
    reporting.changeSensors(List.of(A));
    sensors.opened.values().forEach(outputs -> outputs.forEach(RecordingOutput::close));
  }

  private List<String> texts(Endpoint sensor) {
    return sensors.opened.entrySet().stream()
        .filter(entry -> entry.getKey().sensor().equals(sensor))
        .flatMap(entry -> entry.getValue().stream())
        .flatMap(output -> output.datagrams().stream())
        .map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
        .toList();
  }
}
