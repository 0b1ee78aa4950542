/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import io.podtap.core.metrics.Account;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.tap.ledger.TapMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Sets taps against sensors. A pure function. What must hold:
 *
 * <pre>
 * each interface   the accounts of {@link TapMetrics#INTERFACE}
 * each tap         the accounts of {@link TapMetrics#PACKETS}
 * each sensor      sent + surplus + unreported = received + lost
 * between them     the tap's sent + surplus = received + lost, over all sensors;
 *   in bytes       the tap's sent = received, where nothing is lost or surplus
 * </pre>
 *
 * <p>Of a tap that runs, frames may be in its ring and packets on their way, so there the left side
 * of the first may be larger and the fifth is not asked for.
 *
 * @param pairs each tap with what sensors say of it
 * @param problems each rule that does not hold, in a sentence
 */
record Balance(List<Pair> pairs, List<String> problems) {

  /**
   * One tap.
   *
   * @param tap empty where only sensors know it
   * @param sensors those that know it
   */
  record Pair(String id, Optional<TapAccount> tap, List<SensorAccount> sensors) {

    /** Returns the sum of one count over the sensors. */
    long received(String count) {
      return sensors.stream().mapToLong(one -> one.counts().get(count)).sum();
    }

    /** Returns packets of the tap that no sensor accounts for. */
    long missing() {
      return tap.map(one -> one.packets().get("sent")).orElseGet(() -> received("sent"))
          + received("surplus")
          - received("received")
          - received("lost");
    }
  }

  static Balance of(Statements statements) {
    Map<String, TapAccount> taps = new LinkedHashMap<>();
    statements.taps().forEach(tap -> taps.merge(tap.id(), tap, TapAccount::plus));
    Map<String, List<SensorAccount>> sensors = new LinkedHashMap<>();
    taps.keySet().forEach(id -> sensors.put(id, new ArrayList<>()));
    for (SensorAccount sensor : statements.sensors()) {
      String id = taps.containsKey(sensor.tap()) ? sensor.tap() : ownId(sensor.tap(), taps);
      sensors.computeIfAbsent(id, _ -> new ArrayList<>()).add(sensor);
    }
    Balance balance = new Balance(new ArrayList<>(), new ArrayList<>());
    boolean withSensors = !statements.sensors().isEmpty();
    sensors.forEach((id, its) ->
        balance.add(new Pair(id, Optional.ofNullable(taps.get(id)), its), withSensors));
    return balance;
  }

  /** A sensor that binds namespaces calls a tap NAMESPACE/ID; the tap itself says its id alone. */
  private static String ownId(String name, Map<String, TapAccount> taps) {
    String id = name.substring(name.lastIndexOf('/') + 1);
    return taps.containsKey(id) ? id : name;
  }

  /** Returns whether packets were dropped, failed or lost anywhere. */
  boolean isLossless() {
    return pairs.stream().allMatch(Balance::isLossless);
  }

  private static boolean isLossless(Pair pair) {
    boolean tap =
        pair.tap().stream()
            .allMatch(one ->
                one.packets().get("failed") == 0
                    && one.interfaces().values().stream()
                        .allMatch(
                            frames -> frames.get("dropped") == 0 && frames.get("failed") == 0));
    return tap && pair.received("lost") == 0;
  }

  private void add(Pair pair, boolean withSensors) {
    pairs.add(pair);
    pair.tap().ifPresent(this::requireTap);
    pair.sensors().forEach(this::requireSensor);
    if (withSensors) {
      pair.tap().filter(TapAccount::isEnded).ifPresent(tap -> requireAgreement(pair, tap));
    }
  }

  private void requireTap(TapAccount tap) {
    tap.interfaces()
        .forEach((name, frames) ->
            require("tap " + tap.id() + ", " + name, TapMetrics.INTERFACE, frames, tap));
    require("tap " + tap.id(), TapMetrics.PACKETS, tap.packets(), tap);
  }

  /** Requires what is declared; some frames that a running tap has seen stand in its ring. */
  private void require(String who, MetricGroup<?> declared, Counts counts, TapAccount tap) {
    for (Account account : declared.accounts()) {
      if (!tap.isEnded() && !declared.isMetric(account.total())) {
        continue; // metrics do not have it
      }
      long rest = counts.get(account.total()) - sum(counts, account.parts());
      if (rest < 0 || tap.isEnded() || !account.total().equals("seen")) {
        requireZero(who + ": " + account.what() + " and not accounted for", rest);
      }
    }
  }

  private void requireSensor(SensorAccount sensor) {
    Counts counts = sensor.counts();
    requireZero(
        sensor.sensor() + ", tap " + sensor.tap() + ": its own counts differ by",
        sum(counts, List.of("sent", "surplus", "unreported"))
            - sum(counts, List.of("received", "lost")));
  }

  private void requireAgreement(Pair pair, TapAccount tap) {
    requireZero(
        "tap " + pair.id() + ": packets sent that no sensor here accounts for", pair.missing());
    if (pair.missing() == 0 && pair.received("lost") + pair.received("surplus") == 0) {
      requireZero(
          "tap " + pair.id() + ": bytes sent and not received",
          tap.packets().get("sent_bytes") - pair.received("received_bytes"));
    }
  }

  private static long sum(Counts counts, List<String> names) {
    long sum = 0;
    for (String name : names) {
      sum += counts.get(name);
    }
    return sum;
  }

  private void requireZero(String sentence, long difference) {
    if (difference != 0) {
      problems.add(String.format(Locale.ROOT, "%s: %,d", sentence, difference));
    }
  }
}
