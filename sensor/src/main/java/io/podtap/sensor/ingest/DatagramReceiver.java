/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.report.TapReport;
import io.podtap.core.report.TunnelProbe;
import io.podtap.sensor.decapsulate.Decapsulation;
import io.podtap.sensor.decapsulate.Decapsulator;
import io.podtap.sensor.taps.ClockOffset;
import io.podtap.sensor.taps.ReceivedLane;
import io.podtap.sensor.taps.TapTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Joins receive and decapsulate. One datagram's way from a socket's batch to the analysis:
 * decapsulated, its sender found, counted, handed on. No allocation per datagram, reports apart.
 * One thread.
 */
public final class DatagramReceiver implements PayloadHandler {

  private final Decapsulator decapsulator = new Decapsulator();
  private final Frame frame = new Frame();
  private final ReceiveCounters counters = new ReceiveCounters();
  private final TapTable taps;
  private final FrameHandler handler;
  private final boolean knownTapsOnly;
  private final Receipts receipts = new Receipts();
  private ReplyPath path = ReplyPath.NONE;

  /**
   * Makes a receiver.
   *
   * @param taps who sends; shared with nobody
   * @param handler takes the inner frames
   * @param knownTapsOnly whether frames of senders that are not known are refused
   */
  public DatagramReceiver(TapTable taps, FrameHandler handler, boolean knownTapsOnly) {
    this.taps = taps;
    this.handler = handler;
    this.knownTapsOnly = knownTapsOnly;
  }

  @Override
  public void onBatchBegin(ReplyPath next) {
    path = next;
  }

  @Override
  public void onPayload(
      MemorySegment segment,
      long offset,
      int length,
      int segmentBytes,
      boolean geneve,
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long receivedNs) {
    int step = segmentBytes > 0 ? segmentBytes : length;
    int at = 0;
    do {
      int bytes = Math.min(step, length - at);
      onDatagram(
          segment, offset + at, bytes, geneve, sourceHigh, sourceLow, sourcePort, receivedNs);
      at += step;
    } while (at < length);
  }

  private void onDatagram(
      MemorySegment segment,
      long offset,
      int length,
      boolean geneve,
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long receivedNs) {
    counters.onDatagram(length);
    Decapsulation result =
        geneve
            ? decapsulator.geneve(segment, offset, length)
            : decapsulator.vxlan(segment, offset, length);
    counters.onResult(result);
    if (result.isMalformed()) {
      return;
    }
    ReceivedLane lane = taps.lane(sourceHigh, sourceLow, sourcePort, decapsulator.vni());
    if (result == Decapsulation.REPORT) {
      lane.onReportDatagram();
      long payload = decapsulator.frameOffset() + decapsulator.reportOffset();
      int bytes = decapsulator.frameLength() - decapsulator.reportOffset();
      if (TunnelProbe.isProbe(segment, payload, bytes)) {
        onProbe(segment, payload, length, geneve, lane, sourceHigh, sourceLow, receivedNs);
      } else {
        onReport(segment, payload, bytes, lane, receivedNs);
      }
      return;
    }
    lane.onFrame(decapsulator.frameLength(), receivedNs);
    if (!lane.tap().isKnown()) {
      counters.onStranger();
      if (knownTapsOnly) {
        counters.onRefused();
        return;
      }
    }
    frame.wrap(
        segment,
        decapsulator.frameOffset(),
        decapsulator.frameLength(),
        decapsulator.originalLength(),
        time(lane.tap().clock(), receivedNs));
    frame
        .received(receivedNs)
        .clockOffset(clockOffset(lane.tap().clock(), receivedNs))
        .origin(LinkType.ETHERNET, lane.tap().index(), false);
    if (!decapsulator.isOriginalLengthKnown()) {
      frame.originalLengthUnknown();
    }
    handler.onFrame(frame);
  }

  private long time(ClockOffset clock, long receivedNs) {
    long captured = decapsulator.captureTimeNs();
    if (captured == 0) {
      return receivedNs;
    }
    if (!clock.observe(captured, receivedNs)) {
      counters.onImplausibleTime();
      return receivedNs;
    }
    return captured;
  }

  private long clockOffset(ClockOffset clock, long receivedNs) {
    return frame.timestampNs() == receivedNs ? 0 : clock.correctionNs(receivedNs);
  }

  /** A refused sender is not told that anybody is here. */
  private void onProbe(
      MemorySegment segment,
      long probe,
      int length,
      boolean geneve,
      ReceivedLane lane,
      long sourceHigh,
      long sourceLow,
      long receivedNs) {
    boolean isAnswered =
        (!knownTapsOnly || lane.tap().isKnown())
            && receipts.answer(
                path,
                geneve,
                decapsulator.vni(),
                lane,
                lane != taps.overflow(),
                segment,
                probe,
                length,
                sourceHigh,
                sourceLow,
                receivedNs);
    counters.onProbe(isAnswered);
  }

  private void onReport(
      MemorySegment segment, long payload, int length, ReceivedLane lane, long receivedNs) {
    if (length > TapReport.PAYLOAD_BYTES_MAX) {
      counters.onBadReport();
      return;
    }
    byte[] bytes = segment.asSlice(payload, length).toArray(ValueLayout.JAVA_BYTE);
    TapReport.decode(bytes)
        .ifPresentOrElse(
            report -> {
              if (lane != taps.overflow()) { // many senders share it: a report is only its own's
                counters.onReport(taps.onReport(lane, report, receivedNs));
              }
            },
            counters::onBadReport);
  }

  @Override
  public void onTruncated(int length) {
    counters.onDatagram(length);
    counters.onTruncatedDatagram();
  }

  @Override
  public void onOverflow(int count) {
    counters.onOverflow(count);
  }

  @Override
  public void onBatchEnd() {
    path = ReplyPath.NONE;
    handler.onBatchEnd();
  }

  /** Returns what was counted so far. */
  public ReceiveCounters counters() {
    return counters;
  }

  /** Returns who sent. */
  public TapTable taps() {
    return taps;
  }
}
