/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.report.ReportFrame;
import io.podtap.core.report.TapReport;
import io.podtap.core.report.TunnelProbe;
import io.podtap.core.report.TunnelReceipt;
import io.podtap.sensor.taps.AddressRange;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.taps.ReceivedLane;
import io.podtap.sensor.taps.TapSummary;
import io.podtap.sensor.taps.TapTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatagramReceiverTest {

  private long sequence;

  private static final int FRAME_LENGTH = 60;
  private static final long NOW = 1_700_000_000_000_000_000L;

  private final TapTable taps = new TapTable(KnownTaps.ANY);
  private final List<Integer> indexes = new ArrayList<>();
  private final FrameHandler handler =
      new FrameHandler() {
        @Override
        public void onFrame(Frame frame) {
          indexes.add(frame.interfaceIndex());
        }

        @Override
        public void onBatchEnd() {}
      };
  private final DatagramReceiver receiver = new DatagramReceiver(taps, handler, false);

  @Test
  void splitsJoinedDatagramsWithAShorterLast() {
    MemorySegment joined = Arena.ofAuto().allocate(3 * 68 - 10);
    for (int i = 0; i < 3; i++) {
      Vxlan.put(joined, i * 68L, 42);
    }

    receive(receiver, joined, 68, 1, 50_000);

    assertThat(receiver.counters().datagrams()).isEqualTo(3);
    assertThat(indexes).containsExactly(0, 0, 0);
  }

  /** Receipts that left, as bytes. */
  private final List<byte[]> receipts = new ArrayList<>();

  private final ReplyPath path =
      (segment, offset, length) ->
          receipts.add(segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));

  private static MemorySegment probe(boolean geneve, long nonce) {
    int tunnelBytes = geneve ? Geneve.TAP_HEADER_LENGTH : Vxlan.HEADER_LENGTH;
    int header = tunnelBytes + ReportFrame.headerLength(geneve);
    MemorySegment bytes = Arena.ofAuto().allocate((long) header + TunnelProbe.LENGTH, 8);
    if (geneve) {
      Geneve.put(bytes, 0, 42, NOW, 100, 1);
    } else {
      Vxlan.put(bytes, 0, 42);
    }
    ReportFrame.put(bytes, tunnelBytes, geneve, 1, TunnelProbe.LENGTH);
    TunnelProbe.put(bytes, header, nonce);
    return bytes;
  }

  private void ask(DatagramReceiver of, boolean geneve, MemorySegment probe, int lane, int port) {
    of.onBatchBegin(path);
    of.onPayload(probe, 0, (int) probe.byteSize(), 0, geneve, 0, lane, port, NOW);
    of.onBatchEnd();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void answersAProbeWithWhatTheLaneHasReceived(boolean geneve) {
    if (!geneve) {
      receive(receiver, datagram(42), 0, 1, 50_000);
      receive(receiver, datagram(42), 0, 1, 50_000);
      receive(receiver, datagram(42), 0, 1, 50_001);
    }
    MemorySegment probe = probe(geneve, 0x1234_5678_9ABC_DEF0L);
    ask(receiver, geneve, probe, 1, 50_000);

    assertThat(receipts).hasSize(1);
    byte[] bytes = receipts.getFirst();
    assertThat(bytes.length).isLessThanOrEqualTo((int) probe.byteSize());
    MemorySegment receipt = MemorySegment.ofArray(bytes);
    int at = Vxlan.HEADER_LENGTH + ReportFrame.headerLength(geneve);
    assertThat(bytes.length - at).isEqualTo(TunnelReceipt.LENGTH);
    assertThat(ReportFrame.reportOffset(receipt, 8, bytes.length - 8)).isEqualTo(at - 8);
    assertThat(TunnelReceipt.isReceipt(receipt, at, TunnelReceipt.LENGTH)).isTrue();
    assertThat(TunnelReceipt.isWhole(receipt, at, TunnelReceipt.LENGTH)).isTrue();
    assertThat(TunnelReceipt.nonce(receipt, at)).isEqualTo(0x1234_5678_9ABC_DEF0L);
    assertThat(TunnelReceipt.flags(receipt, at))
        .isEqualTo(TunnelReceipt.FLAG_JOINED | TunnelReceipt.FLAG_COUNTS);
    assertThat(TunnelReceipt.packets(receipt, at)).isEqualTo(geneve ? 0 : 2);
    assertThat(TunnelReceipt.datagrams(receipt, at)).isEqualTo(geneve ? 1 : 3);
    assertThat(receiver.counters().probesAnswered()).isEqualTo(1);
    assertThat(receiver.counters().isBalanced()).isTrue();
  }

  /** Nothing but a whole probe is answered: not a report, not a receipt, not another's. */
  @Test
  void answersNothingElse() {
    ask(receiver, false, probe(false, 5), 1, 50_000);
    MemorySegment receipt = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, receipts.getFirst());
    receipts.clear();
    ask(receiver, false, receipt, 1, 50_000);
    ask(receiver, false, report(42, 0), 1, 50_000);
    ask(receiver, false, datagram(42), 1, 50_000);
    MemorySegment whole = probe(false, 6);
    for (int length = 0; length < whole.byteSize(); length++) {
      ask(receiver, false, whole.asSlice(0, length), 1, 50_000);
    }
    MemorySegment version = probe(false, 7);
    version.set(ValueLayout.JAVA_BYTE, 8 + 14 + 8, (byte) 2);
    ask(receiver, false, version, 1, 50_000);

    assertThat(receipts).isEmpty();
    assertThat(receiver.counters().isBalanced()).isTrue();
  }

  @Test
  void refusedSendersGetNoReceipt() {
    DatagramReceiver strict = new DatagramReceiver(taps, handler, true);
    ask(strict, false, probe(false, 5), 1, 50_000);
    assertThat(receipts).isEmpty();
    assertThat(strict.counters().probesIgnored()).isEqualTo(1);
    receive(strict, report(42, 0), 0, 1, 50_000);
    ask(strict, false, probe(false, 6), 1, 50_000);
    assertThat(receipts).hasSize(1);
  }

  /** Whose address is forged gets a bounded number of answers, from whatever ports. */
  @Test
  void answersAnAddressSoOftenInASecondAndNoMore() {
    for (int i = 0; i < 2 * Receipts.PER_SECOND_AND_ADDRESS; i++) {
      ask(receiver, false, probe(false, i), 1, 10_000 + i);
    }
    assertThat(receipts).hasSize(Receipts.PER_SECOND_AND_ADDRESS);
    assertThat(receiver.counters().probesIgnored()).isEqualTo(Receipts.PER_SECOND_AND_ADDRESS);
    ask(receiver, false, probe(false, 1), 2, 10_000);
    assertThat(receipts).as("another address").hasSize(Receipts.PER_SECOND_AND_ADDRESS + 1);
  }

  @Test
  void givesEachSenderAddressAndVniItsOwnTap() {
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 1, 50_001);
    receive(receiver, datagram(43), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 2, 50_000);

    assertThat(indexes).containsExactly(0, 0, 1, 2);
    assertThat(taps.lanes()).hasSize(4);
  }

  @Test
  void refusesStrangersUntilTheyReportWhenAsked() {
    DatagramReceiver strict = new DatagramReceiver(taps, handler, true);

    receive(strict, datagram(42), 0, 1, 50_000);
    receive(strict, report(42, 0), 0, 1, 50_000);
    receive(strict, datagram(42), 0, 1, 50_000);

    assertThat(indexes).containsExactly(0);
    assertThat(strict.counters().refused()).isEqualTo(1);
    assertThat(strict.counters().analysed()).isEqualTo(1);
    assertThat(strict.counters().isBalanced()).isTrue();
  }

  @Test
  void knowsTheLossOfEachLaneExactly() {
    long seed = 3;
    Random random = new Random(seed);
    long[] sent = new long[8];
    long lost = 0;
    for (int lane = 0; lane < 8; lane++) {
      receive(receiver, report(42, 0), 0, 1, 50_000 + lane);
    }
    for (int i = 0; i < 20_000; i++) {
      int lane = random.nextInt(8);
      sent[lane]++;
      if (random.nextInt(50) == 0) {
        lost++;
      } else {
        receive(receiver, datagram(42), 0, 1, 50_000 + lane);
      }
    }
    for (int lane = 0; lane < 8; lane++) {
      receive(receiver, report(42, sent[lane]), 0, 1, 50_000 + lane);
    }

    assertThat(taps.lanes().stream().mapToLong(ReceivedLane::lost).sum())
        .as("seed %d", seed)
        .isEqualTo(lost);
    assertThat(taps.lanes().stream().mapToLong(ReceivedLane::surplus).sum()).isZero();
  }

  @Test
  void countsFromTheFirstReportWhenItCameLate() {
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 1_000), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 1_003), 0, 1, 50_000);

    ReceivedLane lane = taps.lanes().getFirst();
    assertThat(lane.sent()).isEqualTo(3);
    assertThat(lane.lost()).isEqualTo(2);
  }

  @Test
  void aRestartKeepsWhatWasLostBefore() {
    receive(receiver, report(42, 0, 1, 0), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 4, 1, 1), 0, 1, 50_000);
    receive(receiver, report(42, 0, 2, 0), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 3, 2, 1), 0, 1, 50_000);

    ReceivedLane lane = taps.lanes().getFirst();
    assertThat(lane.lost()).isEqualTo(3 + 2);
    assertThat(lane.sent()).isEqualTo(4 + 3);
    assertThat(lane.surplus()).isZero();
  }

  @Test
  void reportsThatCameLateOrTwiceAreCountedAndNotUsed() {
    receive(receiver, report(42, 0, 1, 0), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 1, 1, 2), 0, 1, 50_000);
    receive(receiver, report(42, 0, 1, 1), 0, 1, 50_000);
    receive(receiver, report(42, 1, 1, 2), 0, 1, 50_000);
    receive(receiver, report(42, 0, 2, 0), 0, 1, 50_000);
    receive(receiver, report(42, 900, 1, 3), 0, 1, 50_000); // of the start before

    ReceivedLane lane = taps.lanes().getFirst();
    assertThat(lane.lost()).isZero();
    assertThat(receiver.counters().lateReports()).isEqualTo(3);
  }

  @Test
  void aCountThatCannotBeIsRefused() {
    receive(receiver, report(42, 0, 1, 0), 0, 1, 50_000);
    receive(receiver, report(42, Long.MAX_VALUE, 1, 1), 0, 1, 50_000);
    receive(receiver, report(42, 10, 1, 2), 0, 1, 50_000);
    receive(receiver, report(42, -9, 1, 3), 0, 1, 50_000);

    assertThat(taps.lanes().getFirst().lost()).isEqualTo(10);
    assertThat(receiver.counters().badReports()).isEqualTo(2);
  }

  /** Tap and network as they are: lost, doubled, overtaken datagrams and reports, restarts. */
  @Test
  void theLedgerAddsUpWhateverTheNetworkDoes() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      TapTable table = new TapTable(KnownTaps.ANY);
      DatagramReceiver one = new DatagramReceiver(table, handler, false);
      long sent = 0;
      long received = 0;
      long surplus = 0;
      long lost = 0;
      for (int start = 1; start <= 4; start++) {
        List<MemorySegment> late = new ArrayList<>();
        long laneSent = 0;
        long laneReceived = 0;
        receive(one, report(42, 0, start, 0), 0, 1, 50_000);
        for (int round = 1; round <= 20; round++) {
          for (int i = random.nextInt(30); i > 0; i--) {
            laneSent++;
            for (int copies = copies(random); copies > 0; copies--) {
              receive(one, datagram(42), 0, 1, 50_000);
              laneReceived++;
            }
          }
          MemorySegment report = report(42, laneSent, start, round);
          switch (random.nextInt(4)) {
            case 0 -> {} // lost
            case 1 -> late.add(report);
            default -> receive(one, report, 0, 1, 50_000);
          }
          if (random.nextInt(3) == 0 && !late.isEmpty()) {
            receive(one, late.remove(random.nextInt(late.size())), 0, 1, 50_000);
          }
        }
        receive(one, report(42, laneSent, start, 21), 0, 1, 50_000); // the last word
        late.forEach(report -> receive(one, report, 0, 1, 50_000));
        sent += laneSent;
        received += laneReceived;
        lost += Math.max(laneSent - laneReceived, 0);
        surplus += Math.max(laneReceived - laneSent, 0);
      }
      ReceivedLane lane = table.lanes().getFirst();
      assertThat(lane.sent()).as("seed %d", seed).isEqualTo(sent);
      assertThat(lane.receivedPackets()).as("seed %d", seed).isEqualTo(received);
      assertThat(lane.lost()).as("seed %d", seed).isEqualTo(lost);
      assertThat(lane.surplus()).as("seed %d", seed).isEqualTo(surplus);
      assertThat(sent + lane.surplus()).isEqualTo(received + lane.lost());
    }
  }

  private static int copies(Random random) {
    int dice = random.nextInt(10);
    return dice == 0 ? 0 : dice == 1 ? 2 : 1;
  }

  @Test
  void aReportMakesNobodyATapWhereTapsAreListed() {
    AddressRange listed = new AddressRange(0, 2, 128);
    TapTable table = new TapTable(new KnownTaps(true, List.of(listed)));
    DatagramReceiver strict = new DatagramReceiver(table, handler, true);

    receive(strict, report(42, 0), 0, 1, 50_000);
    receive(strict, datagram(42), 0, 1, 50_000);
    receive(strict, datagram(42), 0, 2, 50_000);

    assertThat(strict.counters().refused()).isEqualTo(1);
    assertThat(strict.counters().strangers()).isEqualTo(1);
    assertThat(strict.counters().analysed()).isEqualTo(1);
  }

  @Test
  void aReportBeyondTheLimitMakesNoStrangerKnown() {
    DatagramReceiver strict = new DatagramReceiver(taps, handler, true);
    for (int i = 0; i < TapTable.UNPROVEN_MAX; i++) {
      receive(strict, datagram(1), 0, 10 + i, 50_000);
    }

    receive(strict, report(9_000_000, 0), 0, 2, 50_000);
    receive(strict, datagram(9_000_000), 0, 2, 50_000);
    receive(strict, datagram(9_000_001), 0, 3, 50_000);

    assertThat(taps.taps()).hasSize(TapTable.UNPROVEN_MAX);

    assertThat(indexes).isEmpty();
    assertThat(strict.counters().isBalanced()).isTrue();
  }

  @Test
  void namesEachMetricOnceWhenTwoSendersSayTheSameOfThemselves() {
    receive(receiver, report(42, 0), 0, 1, 50_000);
    receive(receiver, report(42, 0), 0, 2, 50_000);

    MetricsText text = new MetricsText(MetricsFormat.TEXT);
    IngestText.add(
        text,
        new IngestSummary(
            DatagramSummary.of(receiver.counters()),
            StreamSummary.NONE,
            TapSummary.of(taps),
            taps.forgotten(),
            0),
        IngestMetrics.SENSOR);

    assertThat(text.end().lines().map(line -> line.substring(0, line.lastIndexOf(' '))))
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(20);
  }

  @Test
  void accountsForEveryRandomDatagram() {
    Random random = new Random(8);
    MemorySegment memory = Arena.ofAuto().allocate(2_000);
    for (int i = 0; i < 100_000; i++) {
      int length = random.nextInt(120);
      for (int at = 0; at < length; at++) {
        memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
      }
      receiver.onPayload(
          memory, 0, length, random.nextInt(40), random.nextBoolean(), 0, i % 9_000, 1, NOW);
    }

    assertThat(receiver.counters().isBalanced()).isTrue();
    assertThat(taps.taps()).hasSizeLessThanOrEqualTo(TapTable.TAPS_MAX);
  }

  private static void receive(
      DatagramReceiver receiver, MemorySegment payload, int segmentBytes, long source, int port) {
    receiver.onPayload(
        payload, 0, (int) payload.byteSize(), segmentBytes, false, 0, source, port, NOW);
  }

  private static MemorySegment datagram(int vni) {
    MemorySegment payload = Arena.ofAuto().allocate(Vxlan.HEADER_LENGTH + FRAME_LENGTH);
    Vxlan.put(payload, 0, vni);
    Ethernet.put(payload, Vxlan.HEADER_LENGTH, 2, 1, Ethernet.TYPE_IPV4);
    return payload;
  }

  private MemorySegment report(int vni, long laneSent) {
    return report(vni, laneSent, 1, sequence++);
  }

  private static MemorySegment report(int vni, long laneSent, long start, long sequence) {
    byte[] text =
        new TapReport(
                Map.of(
                    TapReport.TAP_ID,
                    "one",
                    TapReport.START,
                    Long.toString(start),
                    TapReport.SEQUENCE,
                    Long.toString(sequence),
                    TapReport.LANE_SENT,
                    Long.toString(laneSent)))
            .encode();
    int header = Vxlan.HEADER_LENGTH + Ethernet.HEADER_LENGTH;
    MemorySegment payload = Arena.ofAuto().allocate(header + text.length);
    Vxlan.put(payload, 0, vni);
    Ethernet.put(payload, Vxlan.HEADER_LENGTH, 2, 1, Ethernet.TYPE_LOCAL_EXPERIMENTAL);
    MemorySegment.copy(
        text, 0, payload, java.lang.foreign.ValueLayout.JAVA_BYTE, header, text.length);
    return payload;
  }
}
