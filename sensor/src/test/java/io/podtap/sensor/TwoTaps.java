/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.pcap.PcapReader;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * A capture as two taps deliver it: each loses some frames, cuts some, and sends what it has in
 * batches of its own, so that copies come in any order and up to some 80 ms apart.
 */
final class TwoTaps {

  /** One frame of a capture. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sent(long timeNs, byte[] bytes, int linkType) {}

  /** One frame as a sensor gets it. */
  record Delivery(Sent frame, int tap, long receivedNs, int captured, long skewNs) {}

  /** How the taps behave. */
  record Behaviour(double loss, double cut, boolean captureTimes, long secondSkewNs) {}

  private static final long BATCH_MS_MAX = 80;

  private TwoTaps() {}

  static List<Sent> read(Path capture) throws IOException {
    List<Sent> frames = new ArrayList<>();
    try (PcapReader reader = PcapReader.open(capture)) {
      FrameHandler keeper =
          new FrameHandler() {
            @Override
            public void onFrame(Frame frame) {
              byte[] bytes =
                  frame
                      .segment()
                      .asSlice(frame.offset(), frame.length())
                      .toArray(ValueLayout.JAVA_BYTE);
              frames.add(new Sent(frame.timestampNs(), bytes, frame.linkType()));
            }

            @Override
            public void onBatchEnd() {}
          };
      while (reader.poll(keeper) >= 0) {
        // the reader hands frames to the keeper
      }
    }
    return frames;
  }

  /** Makes what arrives, in its order; {@code union} gets the best of what the taps deliver. */
  static List<Delivery> deliver(
      List<Sent> frames, Behaviour behaviour, RandomGenerator random, List<Delivery> union) {
    List<Delivery> arriving = new ArrayList<>();
    long[] batchEndNs = new long[2];
    for (Sent frame : frames) {
      int best = 0;
      for (int tap = 0; tap < 2; tap++) {
        if (random.nextDouble() < behaviour.loss) {
          continue;
        }
        if (frame.timeNs + 1_000 >= batchEndNs[tap]) {
          long batchNs = TimeUnit.MILLISECONDS.toNanos(random.nextLong(1, BATCH_MS_MAX));
          batchEndNs[tap] = frame.timeNs + batchNs;
        }
        boolean cut = tap == 0 && random.nextDouble() < behaviour.cut && frame.bytes.length > 120;
        int captured = cut ? 120 : frame.bytes.length;
        best = Math.max(best, captured);
        arriving.add(
            new Delivery(
                frame,
                tap,
                batchEndNs[tap] += 2_000, // a batch is received frame by frame
                captured,
                tap == 1 ? behaviour.secondSkewNs : 0));
      }
      if (best > 0) {
        union.add(new Delivery(frame, /* tap= */ 0, frame.timeNs, best, /* skewNs= */ 0));
      }
    }
    arriving.sort(Comparator.comparingLong(Delivery::receivedNs)); // stable: a tap keeps its order
    return arriving;
  }

  /** Returns the records of what two taps delivered. */
  static MemorySink analyse(List<Delivery> arriving, boolean captureTimes, long offsetKnownNs) {
    MemorySink sink = new MemorySink();
    try (Analysis analysis = analysis(sink)) {
      Frame frame = new Frame();
      for (Delivery delivery : arriving) {
        Sent sent = delivery.frame;
        long timeNs = captureTimes ? sent.timeNs + delivery.skewNs : delivery.receivedNs;
        frame.wrap(
            MemorySegment.ofArray(sent.bytes), 0, delivery.captured, sent.bytes.length, timeNs);
        frame.received(delivery.receivedNs);
        frame.clockOffset(captureTimes && delivery.tap == 1 ? -offsetKnownNs : 0);
        if (delivery.captured < sent.bytes.length) {
          frame.originalLengthUnknown();
        }
        analysis.onFrame(frame.origin(sent.linkType, delivery.tap, /* outgoing= */ false));
      }
    }
    return sink;
  }

  private static Analysis analysis(MemorySink sink) {
    return new Analysis(new Tracker.Settings(10_000, false, 1), sink, tap -> "tap" + tap);
  }

  /** Returns the records of a log without what is random, what names taps, and some fields. */
  static List<Map<String, String>> comparable(
      MemorySink sink, String log, Predicate<String> without) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (Map<String, String> row : sink.rows(log)) {
      Map<String, String> kept = new TreeMap<>(row);
      kept.keySet().removeIf(name -> name.contains("uid") || name.startsWith("tap."));
      kept.remove("tunnel_parents");
      kept.keySet().removeIf(without);
      rows.add(kept);
    }
    rows.sort(Comparator.comparing(Map::toString));
    return rows;
  }

  static boolean isTime(String name) {
    return name.equals("ts")
        || name.equals("duration")
        || name.equals("rtt")
        || name.endsWith("time")
        || name.endsWith("duration");
  }
}
