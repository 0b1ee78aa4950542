/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

import io.podtap.core.metrics.CountDocument;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.metrics.Reading;
import io.podtap.tap.discover.DiscoveryStatus;
import io.podtap.tap.policy.PolicyLedger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as a count document and as metrics. Which values there are, {@link TapMetrics}
 * declares; this is their order:
 *
 * <pre>
 * {the tap, "interfaces": [an interface ...], packets after cutting,
 *  "sensors": [{a sensor, its tunnel with "lanes": [a lane ...], or its stream} ...], "balanced",
 *  "discovery": {discovery},
 *  "policy": {changes of options, "events": [{"time", "option", "outcome", "from", "to"} ...]}}
 * </pre>
 */
public final class LedgerText {

  private LedgerText() {}

  /** Adds the ledger alone, without who the tap is. */
  public static void add(CountDocument document, Ledger.Snapshot ledger) {
    document
        .array("interfaces", ledger.interfaces(), (item, one) -> item.add(one.reading()))
        .add(ledger.totals())
        .array("sensors", ledger.sensors(), LedgerText::add)
        .flag("balanced", ledger.balanced());
  }

  private static void add(CountDocument item, Ledger.SensorSnapshot sensor) {
    item.add(sensor.link());
    sensor
        .tunnel()
        .ifPresent(tunnel -> {
          item.array("lanes", tunnel.lanes());
          item.add(tunnel.reading());
        });
    sensor.stream().ifPresent(stream -> item.add(stream.reading()));
  }

  /**
   * Returns the document, one line.
   *
   * @param identity see {@link TapMetrics#IDENTITY}
   * @param discovery null where the sensors are given by address; the document then says nothing of
   *     it
   * @param policy null where no option can change
   */
  public static String json(
      Map<String, String> identity,
      Ledger.Snapshot ledger,
      @Nullable DiscoveryStatus discovery,
      PolicyLedger.@Nullable Snapshot policy) {
    CountDocument document = new CountDocument().add(TapMetrics.IDENTITY.read(identity));
    add(document, ledger);
    if (discovery != null) {
      Reading reading = TapMetrics.DISCOVERY.read(discovery);
      document.object("discovery", object -> object.add(reading));
    }
    if (policy != null) {
      document.object("policy", object -> add(object, policy));
    }
    return document.end() + '\n';
  }

  private static void add(CountDocument object, PolicyLedger.Snapshot policy) {
    object
        .add(TapMetrics.POLICY.read(policy))
        .array(
            "events",
            policy.events(),
            (item, event) ->
                item.text("time", event.time().toString())
                    .text("option", event.option())
                    .text("outcome", event.outcome().name().toLowerCase(Locale.ROOT))
                    .text("from", event.from())
                    .text("to", event.to()));
  }

  /**
   * Adds the metrics.
   *
   * @param identity see {@link TapMetrics#IDENTITY}
   */
  public static void add(MetricsText text, Map<String, String> identity, Ledger.Snapshot ledger) {
    text.add(TapMetrics.IDENTITY.read(identity))
        .add(ledger.interfaces().stream().map(Ledger.InterfaceSnapshot::reading).toList())
        .add(ledger.totals())
        .add(ledger.sensors().stream().map(Ledger.SensorSnapshot::link).toList())
        .add(
            ledger.sensors().stream()
                .flatMap(one -> one.tunnel().stream())
                .map(Ledger.TunnelSnapshot::reading)
                .toList())
        .add(
            ledger.sensors().stream()
                .flatMap(one -> one.stream().stream())
                .map(Ledger.StreamSnapshot::reading)
                .toList());
  }

  /** Returns what a report says of discovery. */
  public static Map<String, String> report(DiscoveryStatus discovery) {
    Map<String, Long> sums = new LinkedHashMap<>();
    TapMetrics.DISCOVERY.read(discovery).report(sums);
    Map<String, String> values = new LinkedHashMap<>();
    sums.forEach((key, sum) -> values.put(key, sum.toString()));
    return values;
  }
}
