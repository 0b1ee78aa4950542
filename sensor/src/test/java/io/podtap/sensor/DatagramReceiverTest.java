package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.report.TapReport;
import io.podtap.sensor.taps.Lane;
import io.podtap.sensor.taps.TapSummary;
import io.podtap.sensor.taps.TapTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DatagramReceiverTest {

  private static final int FRAME_LENGTH = 60;
  private static final long NOW = 1_700_000_000_000_000_000L;

  private final TapTable taps = new TapTable();
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

    assertThat(taps.lanes().stream().mapToLong(Lane::lost).sum())
        .as("seed %d", seed)
        .isEqualTo(lost);
    assertThat(taps.lanes().stream().mapToLong(Lane::surplus).sum()).isZero();
  }

  @Test
  void countsFromTheFirstReportWhenItCameLate() {
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 1_000), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 1_003), 0, 1, 50_000);

    Lane lane = taps.lanes().getFirst();
    assertThat(lane.sentSinceBaseline()).isEqualTo(3);
    assertThat(lane.lost()).isEqualTo(2);
  }

  @Test
  void startsAnewWhenATapComesBackWithASmallerCount() {
    receive(receiver, report(42, 0), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 1), 0, 1, 50_000);
    receive(receiver, report(42, 0), 0, 1, 50_000);
    receive(receiver, datagram(42), 0, 1, 50_000);
    receive(receiver, report(42, 1), 0, 1, 50_000);

    Lane lane = taps.lanes().getFirst();
    assertThat(lane.lost()).isZero();
    assertThat(lane.surplus()).isZero();
  }

  @Test
  void aReportBeyondTheLimitMakesNoStrangerKnown() {
    DatagramReceiver strict = new DatagramReceiver(taps, handler, true);
    for (int vni = 0; vni < TapTable.TAPS_MAX; vni++) {
      receive(strict, datagram(vni), 0, 1, 50_000);
    }

    receive(strict, report(9_000_000, 0), 0, 2, 50_000);
    receive(strict, datagram(9_000_001), 0, 3, 50_000);

    assertThat(indexes).isEmpty();
    assertThat(strict.counters().isBalanced()).isTrue();
  }

  @Test
  void namesEachMetricOnceWhenTwoSendersSayTheSameOfThemselves() {
    receive(receiver, report(42, 0), 0, 1, 50_000);
    receive(receiver, report(42, 0), 0, 2, 50_000);

    String text =
        SensorText.metrics(
            new Sensor.Snapshot(ReceiveSummary.of(receiver.counters()), TapSummary.of(taps), 0, 0));

    assertThat(text.lines().map(line -> line.substring(0, line.lastIndexOf(' '))))
        .doesNotHaveDuplicates();
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

  private static MemorySegment report(int vni, long laneSent) {
    byte[] text =
        new TapReport(Map.of(TapReport.TAP_ID, "one", TapReport.LANE_SENT, Long.toString(laneSent)))
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
