/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.parse.files.ExtractionSettings;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.sink.StreamSink;
import io.podtap.sensor.track.Tracker;
import io.podtap.sensor.workers.WorkerSelection;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkersTest {

  private static final int PAIRS = 300;
  private static final int ROUNDS = 40;
  private static final int LENGTH = 20 + 8 + 4;

  private final Frame frame = new Frame();

  private static AnalysisSettings settings(int workers) {
    return new AnalysisSettings(
        new Tracker.Settings(10_000, false, 1),
        4,
        "",
        ExtractionSettings.NONE,
        Set.copyOf(Protocols.services()),
        workers);
  }

  /** A UDP datagram over bare IPv4, from host {@code from} to {@code to} of 10.0.0.0/8. */
  private Frame datagram(int from, int to, int fromPort, int toPort, long timeNs) {
    MemorySegment packet = MemorySegment.ofArray(new byte[LENGTH]);
    Bytes.putU8(packet, 0, 0x45);
    Bytes.putU16(packet, 2, LENGTH);
    Bytes.putU8(packet, 8, 64);
    Bytes.putU8(packet, 9, 17);
    Bytes.putI32(packet, 12, 0x0A00_0000 | from);
    Bytes.putI32(packet, 16, 0x0A00_0000 | to);
    Bytes.putU16(packet, 20, fromPort);
    Bytes.putU16(packet, 22, toPort);
    Bytes.putU16(packet, 24, LENGTH - 20);
    frame.wrap(packet, 0, LENGTH, LENGTH, timeNs);
    return frame.origin(LinkType.RAW, 0, /* outgoing= */ false);
  }

  private AnalysisSummary converse(int workers, LogSink sink) {
    FrameAnalysis analysis = FrameAnalysis.of(settings(workers), sink, null, null);
    try (analysis) {
      for (int i = 0; i < PAIRS * ROUNDS; i++) {
        int host = i % PAIRS;
        boolean back = i / PAIRS % 2 == 1;
        analysis.onFrame(
            back
                ? datagram(70_000, host, 9_999, 40_000, i * 1_000L)
                : datagram(host, 70_000, 40_000, 9_999, i * 1_000L));
        if (i % 16 == 0) {
          analysis.onBatchEnd();
        }
      }
    }
    return analysis.summary();
  }

  @Test
  void bothDirectionsOfAFlowMeetInOneWorkerAndNoFrameIsLost() {
    MemorySink sink = new MemorySink();

    AnalysisSummary summary = converse(4, sink);

    assertThat(summary.frames()).isEqualTo(PAIRS * ROUNDS);
    assertThat(summary.flows()).isZero();
    assertThat(sink.rows("conn"))
        .hasSize(PAIRS)
        .extracting(row -> Map.of("o", row.get("orig_pkts"), "r", row.get("resp_pkts")))
        .containsOnly(Map.of("o", "" + ROUNDS / 2, "r", "" + ROUNDS / 2));
    assertThat(sink.rows("conn")).extracting(row -> row.get("uid")).doesNotHaveDuplicates();
  }

  @Test
  void linesOfSeveralWorkersStandWholeBesideEachOther() {
    StringBuilder text = new StringBuilder();
    OutputStream target =
        new OutputStream() {
          @Override
          public void write(int value) {
            text.append((char) value);
          }
        };

    converse(3, new StreamSink(target, new JsonFormat(), () -> 0));

    assertThat(text.toString().lines())
        .hasSize(PAIRS)
        .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
  }

  @Test
  void whatFailsInAWorkerIsThrownToWhoeverFeedsIt() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("gone");
          }
        };

    assertThatThrownBy(() -> converse(2, new StreamSink(broken, new JsonFormat(), () -> 0)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("gone");
  }

  @Test
  void steersByAddressesAloneButDhcpToTheFirst() {
    WorkerSelection steering = new WorkerSelection(8);
    int[] met = new int[8];
    for (int host = 0; host < 8_000; host++) {
      int worker = steering.worker(datagram(host, 70_000, 1_000, 2_000, 0));
      met[worker]++;
      assertThat(steering.worker(datagram(70_000, host, 7, 9, 0))).isEqualTo(worker);
      assertThat(steering.worker(datagram(host, 70_000, 68, 67, 0))).isZero();
    }

    assertThat(IntStream.of(met)).allMatch(count -> count > 800 && count < 1_200);
  }

  @Test
  void refusesAWorkerCountOutOfRange() {
    assertThatThrownBy(() -> settings(0)).isInstanceOf(SettingsException.class);
    assertThatThrownBy(() -> settings(65)).isInstanceOf(SettingsException.class);
  }
}
