/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.sink.LogStream;
import java.util.Locale;

/**
 * {@code capture_loss.log}: how much of TCP was not captured, by acknowledgments of data that was
 * not seen.
 *
 * @see "Zeek's policy/misc/capture-loss.zeek"
 */
public final class CaptureLoss implements Detection {

  private static final String MUCH = "CaptureLoss::Too_Much_Loss";
  private static final String LITTLE = "CaptureLoss::Too_Little_Traffic";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named(
              "capture-loss",
              "Measures how much of TCP was not captured: acknowledgments of data that was not"
                  + " seen.")
          .seconds("captureloss.watch_interval", 900, "Time between two measurements.")
          .seconds("captureloss.initial_watch_interval", 60, "Time before the first one.")
          .share("captureloss.too_much_loss", "0.1", "Share of acknowledgments that is a notice.")
          .count(
              "captureloss.minimum_acks",
              1,
              "Acknowledgments below which a whole interval is a notice; 0 for none.")
          .log("capture_loss")
          .notice(
              MUCH,
              "Hosts acknowledged data that was not captured. The same is one notice an hour.",
              "Packets took another path, as behind a load balancer that answers directly.",
              "See the ledger (podtap ledger) for where they were lost; detections do not see"
                  + " everything meanwhile.",
              "capture_loss.log: gaps and acks; conn.log: missed_bytes; tap.log: dropped and lost.")
          .notice(
              LITTLE,
              "In a whole interval there was hardly any TCP. The same is one notice an hour.",
              "Nothing was sent, as at night in a small cluster.",
              "Check that taps are connected and that their policies let TCP through.",
              "capture_loss.log: acks; tap.log: seen.")
          .starts(CaptureLoss::new)
          .build();

  private static final double PERCENT = 100;
  private static final double NANO = 1e9;

  private record Row(long timeNs, long deltaNs, long gaps, long acks) {

    double percent() {
      return acks == 0 ? 0 : PERCENT * gaps / acks;
    }
  }

  private final LogStream<Row> log;
  private final Notices notices;
  private final long intervalNs;
  private final long firstNs;
  private final double shareMax;
  private final long acksMin;
  private long sinceNs = Long.MIN_VALUE;
  private long dueNs;
  private long acks;
  private long gaps;

  private CaptureLoss(DetectionContext context) {
    notices = context.notices();
    intervalNs = Math.max(1, context.options().ns("captureloss.watch_interval"));
    firstNs = Math.max(1, context.options().ns("captureloss.initial_watch_interval"));
    shareMax = context.options().share("captureloss.too_much_loss");
    acksMin = context.options().count("captureloss.minimum_acks");
    log =
        context.open(
            LogSchema.<Row>named(
                    "capture_loss", "One record for each measurement of how much TCP was lost.")
                .time("ts", "When it was measured.", Row::timeNs)
                .interval("ts_delta", "Time since the measurement before.", Row::deltaNs)
                .wire("peer", "Always zeek, as a Zeek that is no cluster writes it.", row -> "zeek")
                .count("gaps", "Acknowledgments of data that was not seen.", Row::gaps)
                .count("acks", "Acknowledgments of new data.", Row::acks)
                .real(
                    "percent_lost",
                    "Gaps in a hundred acknowledgments.",
                    (row, out) -> {
                      out.seconds(Math.round(row.percent() * NANO)).trimZeros();
                      return true;
                    })
                .build());
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("tcp_acks", this::onCounts);
  }

  private void onCounts(LogRecord counts) {
    acks += counts.number("acks");
    gaps += counts.number("gaps");
    long nowNs = counts.nowNs();
    if (sinceNs == Long.MIN_VALUE) {
      sinceNs = nowNs;
      dueNs = nowNs + firstNs;
    } else if (nowNs >= dueNs) {
      measure(nowNs, /* isWhole= */ true);
      dueNs = nowNs + intervalNs;
    }
  }

  @Override
  public void end(long nowNs) {
    if (sinceNs != Long.MIN_VALUE && acks > 0) {
      measure(nowNs, /* isWhole= */ false);
    }
  }

  private void measure(long nowNs, boolean isWhole) {
    Row row = new Row(nowNs, nowNs - sinceNs, gaps, acks);
    sinceNs = nowNs;
    acks = 0;
    gaps = 0;
    log.write(row);
    if (row.acks() > 0 && row.percent() >= shareMax * PERCENT) {
      String message =
          String.format(
              Locale.ROOT,
              "The capture loss script detected an estimated loss rate above %.3f%%",
              row.percent());
      notices.emit(Notice.of(MUCH, message).identifier(MUCH));
    }
    if (isWhole && row.acks() < acksMin) {
      String message =
          "Only observed " + row.acks() + " TCP ACKs and was expecting at least " + acksMin + '.';
      notices.emit(Notice.of(LITTLE, message).identifier(LITTLE));
    }
  }
}
