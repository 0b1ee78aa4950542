/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.LinuxException;
import io.podtap.tap.discover.SensorSet;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.ledger.ReportText;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.source.TapSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sensors that are wanted, and how the ones in use become these:
 *
 * <ol>
 *   <li>lanes of new sensors are opened
 *   <li>the loop guard knows the new lanes beside the former ones
 *   <li>flows move: only those that the rendezvous gives to another sensor
 *   <li>lanes that nobody uses any more are closed
 *   <li>a moment later, when nothing of theirs can be on its way, the guard forgets them
 * </ol>
 *
 * <p>The hot thread, between batches; allocates.
 */
final class SensorRoster {

  /** How long until a sensor that could not be opened is tried again. */
  static final long RETRY_NS = TimeUnit.SECONDS.toNanos(5);

  /** How long a packet of a closed lane may still be on its way to the interface. */
  static final long LINGER_NS = TimeUnit.SECONDS.toNanos(1);

  /** Tells sensors that come and go what was sent to them. */
  interface Announcer {
    void announce(ReportText.State state, List<SensorLink> sensors, long nowNs);
  }

  private static final long NEVER = Long.MAX_VALUE;

  private final Tap.LaneOpener opener;
  private final TapSource source;
  private final Ledger ledger;
  private final Mirror mirror;
  private final Announcer announcer;
  private Set<Endpoint> wanted;
  private boolean elsewhere;
  private int nextLaneId;
  private long retryNs = NEVER;
  private long narrowNs = NEVER;
  private volatile String problem = "";

  /** Takes over the sensors that {@code mirror} uses now, which the source guards against. */
  SensorRoster(
      Tap.LaneOpener opener, TapSource source, Ledger ledger, Mirror mirror, Announcer announcer) {
    this.opener = opener;
    this.source = source;
    this.ledger = ledger;
    this.mirror = mirror;
    this.announcer = announcer;
    List<SensorLink> sensors = mirror.sensors().list();
    wanted = new LinkedHashSet<>(sensors.stream().map(SensorLink::sensor).toList());
    nextLaneId = sensors.stream().mapToInt(SensorLink::count).sum();
  }

  /** As {@link Tap#changeSensors} says. */
  void change(SensorSet sensors, long nowNs) {
    Set<Endpoint> next = new LinkedHashSet<>(sensors.endpoints());
    elsewhere = sensors.isElsewhere();
    mirror.sensors().list().forEach(this::place);
    if (!next.equals(wanted)) {
      wanted = next;
      converge(nowNs);
    }
  }

  /** Lets datagrams to these sensors, and to those to come, leave in another way. */
  void mode(SendMode next) {
    opener.mode(next);
    for (SensorLink link : mirror.sensors().list()) {
      if (link instanceof SensorLanes lanes) {
        lanes.mode(next);
      }
    }
  }

  /** Tells a tunnel where its sensor runs. */
  private void place(SensorLink link) {
    if (link instanceof SensorLanes lanes) {
      lanes.elsewhere(elsewhere);
    }
  }

  /** Does what waits for its time; to be called a few times a second. */
  void maintain(long nowNs) {
    if (nowNs >= retryNs) {
      converge(nowNs);
    }
    if (mirror.sensors().isOutdated()) {
      mirror.sensors(new Sensors(mirror.sensors().list()));
    }
    if (nowNs >= narrowNs) {
      narrowNs = NEVER;
      guard(mirror.sensors().list());
    }
  }

  /** Returns why a wanted sensor is not in use, or an empty text. Any thread. */
  String problem() {
    return problem;
  }

  private void converge(long nowNs) {
    problem = "";
    List<SensorLink> former = mirror.sensors().list();
    List<SensorLink> next = new ArrayList<>();
    List<SensorLink> opened = new ArrayList<>();
    for (Endpoint endpoint : wanted) {
      SensorLink known = find(former, endpoint);
      if (known == null) {
        known = open(endpoint);
        if (known == null) {
          continue;
        }
        opened.add(known);
      }
      next.add(known);
    }
    List<SensorLink> left = new ArrayList<>(former);
    left.removeAll(next);
    if ((wanted.isEmpty() || !next.isEmpty()) && !(opened.isEmpty() && left.isEmpty())) {
      use(next, opened, left, nowNs);
    }
    retryNs = problem.isEmpty() ? NEVER : nowNs + RETRY_NS;
  }

  private static @Nullable SensorLink find(List<SensorLink> sensors, Endpoint endpoint) {
    return sensors.stream()
        .filter(known -> known.sensor().equals(endpoint))
        .findFirst()
        .orElse(null);
  }

  private @Nullable SensorLink open(Endpoint endpoint) {
    try {
      SensorLink opened = opener.open(endpoint, nextLaneId);
      nextLaneId += opened.count();
      place(opened);
      return opened;
    } catch (SettingsException e) {
      problem = String.valueOf(e.getMessage());
      return null;
    }
  }

  private void use(
      List<SensorLink> next, List<SensorLink> opened, List<SensorLink> left, long nowNs) {
    List<SensorLink> both = new ArrayList<>(next);
    both.addAll(left);
    if (!guard(both)) { // nothing is sent that the capture would take for the pod's
      opened.forEach(SensorLink::close);
      return;
    }
    mirror.sensors(new Sensors(next));
    left.forEach(ledger::retire);
    announcer.announce(ReportText.State.RUNNING, left, nowNs);
    left.forEach(SensorLink::close);
    announcer.announce(ReportText.State.START, opened, nowNs);
    if (!left.isEmpty()) {
      narrowNs = nowNs + LINGER_NS;
    }
  }

  private boolean guard(List<SensorLink> sensors) {
    try {
      source.guard(opener.guard(sensors));
      return true;
    } catch (LinuxException | IllegalArgumentException e) {
      problem = "the loop guard cannot follow the sensors: " + e.getMessage();
      return false;
    }
  }
}
