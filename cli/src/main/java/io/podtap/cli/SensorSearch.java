/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import io.podtap.cli.Doctor.Finding;
import io.podtap.cli.Doctor.Level;
import io.podtap.core.config.Endpoint;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.tap.TapIdentity;
import io.podtap.tap.discover.Discovery;
import io.podtap.tap.discover.DiscoveryStatus;
import io.podtap.tap.discover.SensorTarget;
import io.podtap.tap.send.SensorQuestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Looks for a tap's sensors once, and says what was found or which permission is missing. */
final class SensorSearch {

  private static final int USUAL_PORT = 4_789;
  private static final int ASKED_MAX = 4;
  private static final long SEARCH_NS = TimeUnit.SECONDS.toNanos(12);
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

  private SensorSearch() {}

  /**
   * Waits until the sensors are followed or something is wrong, twelve seconds at most.
   *
   * @throws io.podtap.core.config.SettingsException when {@code sensor} is no sensor at all
   */
  static Finding look(String sensor, String namespace, ServiceAccount account) {
    Optional<SensorTarget> target = SensorTarget.parse(sensor, namespace);
    return target.isEmpty() ? addresses(sensor) : search(target.get(), account);
  }

  private static Finding addresses(String sensor) {
    List<Endpoint> unreachable = new ArrayList<>();
    List<Endpoint> all = new ArrayList<>();
    for (String one : sensor.split(",", -1)) {
      Endpoint endpoint = Endpoint.parse(one, USUAL_PORT);
      all.add(endpoint);
      if (!Discovery.isReachable(endpoint)) {
        unreachable.add(endpoint);
      }
    }
    return unreachable.isEmpty()
        ? new Finding("sensor", Level.OK, sensor + ": there is a route; " + answers(all))
        : new Finding("sensor", Level.MISSING, "no route to " + unreachable);
  }

  /** Says of some sensors how a tap's datagrams would leave. */
  private static String answers(List<Endpoint> sensors) {
    StringBuilder text = new StringBuilder();
    for (Endpoint one : sensors.subList(0, Math.min(sensors.size(), ASKED_MAX))) {
      text.append(text.isEmpty() ? "" : "; ").append(one).append(' ');
      text.append(
          switch (SensorQuestion.ask(one)) {
            case RECEIPT -> "answers: datagrams are sent joined";
            case NOTHING -> "sniffs its interface (no receipt): datagrams are sent one by one";
            case CLOSED ->
                "sniffs its interface (its port is closed): datagrams are sent one by one";
          });
    }
    return text.toString();
  }

  private static Finding search(SensorTarget target, ServiceAccount account) {
    String node = TapIdentity.of(System.getenv(), "").node();
    Discovery.Settings settings = new Discovery.Settings(account, node, 0, USUAL_PORT, "vxlan");
    DiscoveryStatus status;
    try (Discovery discovery = Discovery.start(target, settings, line -> {})) {
      long deadline = System.nanoTime() + SEARCH_NS;
      do {
        LockSupport.parkNanos(PAUSE_NS);
        status = discovery.status();
      } while (!status.following() && status.problem().isEmpty() && System.nanoTime() < deadline);
    }
    return finding(status);
  }

  private static Finding finding(DiscoveryStatus status) {
    if (!status.problem().isEmpty()) {
      return new Finding("sensor", Level.MISSING, status.target() + ": " + status.problem());
    }
    if (!status.following()) {
      return new Finding("sensor", Level.MISSING, status.target() + ": no answer in 12 s");
    }
    return status.sensors().isEmpty()
        ? new Finding(
            "sensor",
            Level.LESS,
            status.target()
                + ": the request is permitted, but no sensor is ready; a tap counts no_sensor")
        : new Finding(
            "sensor",
            Level.OK,
            status.target()
                + ": "
                + status.ready()
                + " ready, would use "
                + status.sensors()
                + "; "
                + answers(status.sensors()));
  }
}
