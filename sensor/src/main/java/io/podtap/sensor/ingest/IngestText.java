/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.metrics.CountDocument;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.metrics.Reading;
import io.podtap.core.trust.TrustStatus;
import io.podtap.sensor.ingest.IngestMetrics.ShownTap;
import io.podtap.sensor.taps.TapSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was received as metrics, for people, and in a count document. Which values there are, {@link
 * IngestMetrics} declares; in the document they stand in this order:
 *
 * <pre>
 * {datagrams of tunnels, "streams": {...}, "taps": [a tap ...], "forgotten": {...}}
 * </pre>
 */
public final class IngestText {

  /** Taps that metrics name; seven series each. */
  private static final int TAPS_MAX = 1_024;

  private IngestText() {}

  /** Adds the members. */
  public static void add(CountDocument document, IngestSummary summary) {
    IngestMetrics declared = IngestMetrics.SENSOR; // the document has no prefix
    document
        .add(summary.datagrams().reading())
        .object("streams", object -> object.add(summary.streams().reading()))
        .array("taps", summary.taps(), (item, tap) -> item.add(declared.tap.read(ShownTap.of(tap))))
        .object("forgotten", object -> object.add(declared.forgotten.read(summary)));
  }

  /**
   * Adds the metrics.
   *
   * @param declared the program's
   */
  public static void add(MetricsText text, IngestSummary summary, IngestMetrics declared) {
    text.add(summary.datagrams().reading().under(declared.datagrams))
        .add(summary.streams().reading().under(declared.streams));
    TrustStatus trust = summary.streams().connections().trust();
    if (trust != null) {
      text.add(declared.trust.read(trust));
    }
    text.add(declared.taps.read(summary))
        .add(shown(summary.taps(), declared))
        .add(declared.forgotten.read(summary));
  }

  /** Returns taps, those that are known first; what does not fit is one of them. */
  private static List<Reading> shown(List<TapSummary> taps, IngestMetrics declared) {
    Map<List<Object>, ShownTap> shown = new LinkedHashMap<>();
    for (boolean isKnown : new boolean[] {true, false}) {
      for (TapSummary tap : taps) {
        if (tap.tap().isKnown() == isKnown) {
          ShownTap one = ShownTap.of(tap);
          if (shown.size() >= TAPS_MAX && !shown.containsKey(labels(one))) {
            one = ShownTap.other(tap);
          }
          shown.merge(labels(one), one, IngestText::plus);
        }
      }
    }
    List<Reading> readings = new ArrayList<>(shown.size());
    shown.values().forEach(one -> readings.add(declared.tap.read(one)));
    return readings;
  }

  private static List<Object> labels(ShownTap tap) {
    return List.of(tap.id(), tap.address(), tap.vni());
  }

  private static ShownTap plus(ShownTap one, ShownTap other) {
    return new ShownTap(
        one.id(), one.address(), one.vni(), one.isKnown(), one.sums().plus(other.sums()));
  }

  /** Returns what came by tunnels, as the last line of a program. */
  public static String finalSummary(IngestSummary summary) {
    DatagramSummary datagrams = summary.datagrams();
    return String.format(
        Locale.ROOT,
        "podtap: received %d = analysed %d + reports %d + refused %d + malformed %d;"
            + " %d overflowed; %d taps",
        datagrams.datagrams(),
        datagrams.analysed(),
        datagrams.reports(),
        datagrams.refused(),
        datagrams.malformedTotal(),
        datagrams.overflowed(),
        summary.taps().size());
  }

  /** Returns what came by streams, as the last line of a program. */
  public static String finalSummary(StreamSummary streams) {
    return String.format(
        Locale.ROOT,
        "podtap: received %d frames by %d streams over TLS; %d connections rejected",
        streams.frames(),
        streams.connections().opened(),
        streams.connections().turnedAway());
  }
}
