/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.core.report.TapReport;
import io.podtap.core.text.PlainText;
import io.podtap.sensor.taps.KnownTap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Owners from reports of taps: for flows that a tap delivered ({@link #of}, any thread), and as
 * bindings for others ({@link #report} and {@link #expire}, one thread).
 *
 * <p>A report is as trustworthy as the tap: what the API says of an address counts more. A pod of
 * the node's network has no address of its own, and its report names none.
 */
public final class ReportOwners implements TapOwners {

  private static final String STOPPED = "stop";

  private static final int ADDRESSES_MAX = 8;
  private static final int TEXT_MAX = 253;
  private static final int LIST_MAX = TapReport.PAYLOAD_BYTES_MAX;

  /** A tap reports every ten seconds. */
  private static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(10);

  /** Its pod has its addresses for so long after a report: the next one may come a little late. */
  private static final long VALID_NS = PERIOD_NS + TimeUnit.SECONDS.toNanos(2);

  /** After two missing reports the pod is taken to be gone since the last. */
  private static final long SILENCE_NS = 3 * PERIOD_NS;

  /** A power of two. */
  private static final int PLACES = 1 << 10;

  private final IntFunction<@Nullable KnownTap> taps;
  private final Bindings bindings;
  private final AtomicReferenceArray<@Nullable Parsed> parsed = new AtomicReferenceArray<>(PLACES);
  private final Map<Integer, Reported> reported = new HashMap<>();

  /** What a report was read as; of a tap that says nothing of a pod, null. */
  private record Parsed(int tap, TapReport report, @Nullable TapOwner owner) {}

  private static final class Reported {
    TapOwner owner;
    final List<Binding> bindings = new ArrayList<>();
    long lastNs;

    Reported(TapOwner owner) {
      this.owner = owner;
    }
  }

  /**
   * @param taps finds a tap by its index, from any thread
   */
  public ReportOwners(IntFunction<@Nullable KnownTap> taps, Bindings bindings) {
    this.taps = taps;
    this.bindings = bindings;
  }

  @Override
  public @Nullable TapOwner of(int tap) {
    KnownTap known = taps.apply(tap);
    return known == null || !known.isKnown() ? null : read(known);
  }

  private @Nullable TapOwner read(KnownTap tap) {
    TapReport report = tap.report();
    int place = tap.index() & (PLACES - 1);
    Parsed before = parsed.get(place);
    if (before != null && before.tap == tap.index() && before.report.equals(report)) {
      return before.owner;
    }
    TapOwner owner = owner(report);
    parsed.set(place, new Parsed(tap.index(), report, owner));
    return owner;
  }

  /** Reads a report, or returns null when it names no pod with an address of its own. */
  static @Nullable TapOwner owner(TapReport report) {
    String pod = text(report, TapReport.POD);
    List<Place> places = new ArrayList<>();
    String list = report.value(TapReport.ADDRESSES);
    for (int from = 0; from < list.length() && places.size() < ADDRESSES_MAX; ) {
      int comma = list.indexOf(',', from);
      int end = comma < 0 ? list.length() : comma;
      Place place = Addresses.parse(list.substring(from, end).strip());
      if (place != null) {
        places.add(place);
      }
      from = end + 1;
    }
    if (pod.isEmpty() || places.isEmpty()) {
      return null;
    }
    String workload = text(report, TapReport.WORKLOAD);
    int slash = workload.indexOf('/');
    return new TapOwner(
        new Owner(
            Owner.Kind.POD,
            SharedTexts.of(text(report, TapReport.NAMESPACE)),
            pod,
            text(report, TapReport.POD_UID),
            SharedTexts.of(text(report, TapReport.NODE)),
            SharedTexts.of(workload.substring(0, Math.max(slash, 0))),
            SharedTexts.of(workload.substring(slash + 1)),
            SharedTexts.of(text(report, TapReport.SERVICE_ACCOUNT)),
            "",
            "",
            SharedTexts.of(list(report, TapReport.LABELS)),
            SharedTexts.of(list(report, TapReport.CONTAINERS))),
        List.copyOf(places));
  }

  /** Returns a list with commas, which a report of a tap has within {@code LIST_MAX}. */
  private static String list(TapReport report, String key) {
    return PlainText.of(report.value(key), LIST_MAX);
  }

  private static String text(TapReport report, String key) {
    return PlainText.of(report.value(key), TEXT_MAX);
  }

  /** A tap has reported. */
  public void report(KnownTap tap, long nowNs) {
    TapOwner owner = tap.isKnown() ? read(tap) : null;
    Reported known = reported.get(tap.index());
    if (known != null && (owner == null || !known.owner.places().equals(owner.places()))) {
      end(known, nowNs, nowNs);
      reported.remove(tap.index());
      known = null;
    }
    if (owner == null) {
      return;
    }
    if (known == null) {
      known = begin(tap, owner, nowNs);
    }
    known.lastNs = nowNs;
    known.owner = owner;
    for (Binding binding : known.bindings) {
      bindings.describe(binding, owner.owner(), nowNs);
      bindings.last(binding, nowNs + VALID_NS);
    }
    if (tap.report().value(TapReport.STATE).equals(STOPPED)) {
      end(known, nowNs, nowNs);
      reported.remove(tap.index());
    }
  }

  private Reported begin(KnownTap tap, TapOwner owner, long nowNs) {
    Reported begun = new Reported(owner);
    long fromNs = tap.firstSeenNs() > 0 ? Math.min(tap.firstSeenNs(), nowNs) : nowNs;
    for (Place place : owner.places()) {
      Binding binding = bindings.open(place, Source.REPORT, owner.owner(), fromNs, nowNs);
      if (binding != null) {
        begun.bindings.add(binding);
      }
    }
    reported.put(tap.index(), begun);
    return begun;
  }

  private void end(Reported gone, long untilNs, long nowNs) {
    gone.bindings.forEach(binding -> bindings.close(binding, untilNs, nowNs));
  }

  /** Ends what taps have said that are silent now. To be called every second. */
  public void expire(long nowNs) {
    for (Iterator<Reported> all = reported.values().iterator(); all.hasNext(); ) {
      Reported one = all.next();
      if (nowNs - one.lastNs > SILENCE_NS) {
        end(one, one.lastNs + VALID_NS, nowNs);
        all.remove();
      }
    }
  }
}
