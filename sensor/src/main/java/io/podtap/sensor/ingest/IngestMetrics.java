/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.metrics.Metric;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.trust.TrustStatus;
import io.podtap.sensor.taps.TapSummary;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Every number of what is received, declared, for sensor and gateway alike. */
public final class IngestMetrics {

  public static final IngestMetrics SENSOR = new IngestMetrics("podtap_sensor_");
  public static final IngestMetrics GATEWAY = new IngestMetrics("podtap_gateway_");

  /**
   * A tap as it is shown.
   *
   * @param id its name, or {@code other} where several are shown as one
   * @param vni a number, or an empty text
   * @param isKnown whether it was heard of otherwise than by its packets
   */
  record ShownTap(String id, String address, Object vni, boolean isKnown, TapSummary sums) {

    static ShownTap of(TapSummary sums) {
      return new ShownTap(
          MetricsText.plain(sums.tap().name()),
          sums.tap().address().toString(),
          (long) sums.tap().vni(),
          sums.tap().isKnown(),
          sums);
    }

    /** Returns the one that stands for those that have no place of their own. */
    static ShownTap other(TapSummary sums) {
      return new ShownTap("other", "", "", false, sums);
    }
  }

  /** Datagrams of tunnels. */
  final MetricGroup<ReceiveCounters> datagrams;

  /** Streams over TLS. */
  final MetricGroup<StreamReceiver.Moment> streams;

  /** Certificates for streams. */
  final MetricGroup<TrustStatus> trust;

  /** How many taps there are. */
  final MetricGroup<IngestSummary> taps;

  /** One tap. */
  final MetricGroup<ShownTap> tap;

  /** Those that were forgotten. */
  final MetricGroup<IngestSummary> forgotten;

  private IngestMetrics(String prefix) {
    datagrams =
        MetricGroup.<ReceiveCounters>of(prefix, "datagrams of tunnels", "")
            .counters("datagrams", "fate", "Datagrams received, by outcome.")
            .value("received", ReceiveCounters::datagrams)
            .means("Datagrams received, joined ones counted each.")
            .as("datagrams")
            .documentOnly()
            .value("analysed", ReceiveCounters::analysed)
            .means("Datagrams whose frame was passed on to the analysis or the outputs.")
            .value("report", ReceiveCounters::reports)
            .means("Reports and probes of taps.")
            .as("reports")
            .value("refused", ReceiveCounters::refused)
            .means("Datagrams of unknown senders, where only known taps are wanted.")
            .values("malformed", ReceiveCounters::malformedByName)
            .means("Datagrams that could not be decapsulated, by name.")
            .counters("", MetricUnit.BYTES, "", "Bytes of all datagrams, outer headers left out.")
            .value("", ReceiveCounters::bytes)
            .as("bytes")
            .documentOnly()
            .counter(
                "overflowed",
                "Datagrams lost because the socket buffer was full.",
                ReceiveCounters::overflowed)
            .counters("doubted", "what", "Statements of senders that were not used.")
            .value("bad_report", ReceiveCounters::badReports)
            .as("bad_reports")
            .value("late_report", ReceiveCounters::lateReports)
            .as("late_reports")
            .value("capture_time", ReceiveCounters::implausibleTimes)
            .as("implausible_times")
            .counters("probes", "fate", "Questions of taps whether a socket is read here.")
            .value("answered", ReceiveCounters::probesAnswered)
            .as("probes_answered")
            .value("ignored", ReceiveCounters::probesIgnored)
            .as("probes_ignored")
            .counter(
                "unknown_sender_frames",
                "Frames of senders that are not known, refused or not.",
                ReceiveCounters::strangers)
            .account(
                "datagrams received", "datagrams", "analysed", "reports", "refused", "malformed")
            .build();
    streams =
        MetricGroup.<StreamReceiver.Moment>of(prefix, "streams over TLS", "streams")
            .gauge("streams", "Taps connected by TLS.", now -> now.connections().open())
            .as("open")
            .counter("streams_opened", "Streams opened.", now -> now.connections().opened())
            .as("opened")
            .counter(
                "stream",
                MetricUnit.BYTES,
                "Bytes of streams, decrypted.",
                now -> now.connections().bytes())
            .as("bytes")
            .counter(
                "streams_starved",
                "Times at which no stream was read since every buffer waited for analysis.",
                now -> now.connections().starved())
            .as("starved")
            .counter("stream_frames", "Frames of streams.", now -> now.receiver().frames())
            .as("frames")
            .counters("", "", "Reports in streams.")
            .value("", now -> now.receiver().reports())
            .as("reports")
            .documentOnly()
            .counters(
                "streams_ended",
                "how",
                "Connections for streams, by how they ended; unknown senders included.")
            .values("ends", now -> ends(now))
            .counters("stream_doubted", "what", "Statements in streams that were not used.")
            .value("bad_report", now -> now.receiver().badReports())
            .as("bad_reports")
            .value("late_report", now -> now.receiver().lateReports())
            .as("late_reports")
            .value("capture_time", now -> now.receiver().implausibleTimes())
            .as("implausible_times")
            .build();
    trust = TrustStatus.metrics(prefix);
    taps =
        MetricGroup.<IngestSummary>of(prefix, "taps", "")
            .gauge(
                "taps", "Taps and unknown senders under watch.", summary -> summary.taps().size())
            .metricsOnly()
            .build();
    tap =
        MetricGroup.<ShownTap>of(prefix, "a tap or unknown sender", "taps[]")
            .label("tap", "id", "The tap's id, or where it comes from.", ShownTap::id)
            .label("address", "address", "The sender's address.", ShownTap::address)
            .label("vni", "vni", "Network identifier, below 0 for a stream.", ShownTap::vni)
            .text("known", "Whether it has reported or was listed.", ShownTap::isKnown)
            .gauges(
                "tap_packets",
                "fate",
                "Packets of each tap: sent + surplus + unreported = received + lost.")
            .value("sent", tap -> tap.sums().sentHere())
            .means("Packets that the tap has sent here, as far as reports cover them.")
            .value("received", tap -> tap.sums().received())
            .means("Packets that arrived.")
            .value("lost", tap -> tap.sums().lost())
            .means("Packets sent that did not arrive, as of the last report.")
            .value("surplus", tap -> tap.sums().surplus())
            .means("Packets that arrived more often than they were sent.")
            .value("unreported", tap -> tap.sums().unreported())
            .means("Packets that arrived and no report covers, or not yet.")
            .gauge(
                "tap_received",
                MetricUnit.BYTES,
                "Bytes of each tap's received packets.",
                tap -> tap.sums().receivedBytes())
            .as("received_bytes")
            .gauge(
                "tap_clock_offset",
                MetricUnit.NANOSECONDS,
                "How far each tap's clock is ahead of the sensor's, where it is known.",
                IngestMetrics::clockOffset)
            .metricsOnly()
            .build();
    forgotten =
        MetricGroup.<IngestSummary>of(prefix, "taps and unknown senders forgotten", "forgotten")
            .counter(
                "taps_forgotten",
                "Taps and unknown senders forgotten after a silence.",
                IngestSummary::forgottenTapsCount)
            .as("taps")
            .gauges(
                "forgotten_packets",
                "fate",
                "Their packets: sent + surplus + unreported = received + lost.")
            .value("sent", summary -> summary.forgottenTaps().sentHere())
            .value("received", summary -> summary.forgottenTaps().received())
            .value("lost", summary -> summary.forgottenTaps().lost())
            .value("surplus", summary -> summary.forgottenTaps().surplus())
            .value("unreported", summary -> summary.forgottenTaps().unreported())
            .gauges("", MetricUnit.BYTES, "", "Bytes of their received packets.")
            .value("received", summary -> summary.forgottenTaps().receivedBytes())
            .documentOnly()
            .build();
  }

  /** Returns every group. */
  public List<MetricGroup<?>> all() {
    return List.of(datagrams, streams, trust, taps, tap, forgotten);
  }

  /** Returns what is counted of one tap. */
  public MetricGroup<?> tap() {
    return tap;
  }

  private static long clockOffset(ShownTap tap) {
    boolean isShown = !tap.id().equals("other");
    return isShown && tap.sums().tap().clockOrReports().isKnown()
        ? tap.sums().tap().clockOrReports().tapAheadNs()
        : Metric.ABSENT;
  }

  private static Map<String, Long> ends(StreamReceiver.Moment now) {
    Map<String, Long> named = new TreeMap<>();
    now.connections()
        .ends()
        .forEach((end, count) -> named.put(end.name().toLowerCase(Locale.ROOT), count));
    return named;
  }
}
