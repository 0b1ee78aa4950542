/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.Errno;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import io.podtap.core.report.ReportFrame;
import io.podtap.core.report.TunnelReceipt;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.testing.RecordingOutput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When datagrams leave joined, and what receipts tell; the test is clock, network and receiver. */
final class SensorLanesTest {

  private static final int VNI = 42;
  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long START_NS = 1_700_000_000_000_000_000L;
  private static final long REPORT_NS = TimeUnit.SECONDS.toNanos(10);

  private final RecordingOutput first = new RecordingOutput();
  private final RecordingOutput second = new RecordingOutput();
  private final MemorySegment buffer = Arena.ofAuto().allocate(2_000, 8);
  private final FailureCounters failures = new FailureCounters();
  private final Deque<Long> asked = new ArrayDeque<>();
  private final Random nonces = new Random(1);
  private SensorLanes sensor = lanes(SendMode.AUTO);
  private long nowNs = START_NS;

  private SensorLanes lanes(SendMode mode) {
    return new SensorLanes(Endpoint.parse("10.0.0.9:4789", 0), List.of(first, second), 0, 1, mode);
  }

  /** Lets a tick pass, and asks as the tap does. */
  private void tick() {
    nowNs += TICK_NS;
    sensor.attend(nowNs, new ReceiptParser(false, VNI));
    if (sensor.isProbeDue(nowNs)) {
      for (int i = 0; i < sensor.count(); i++) {
        if (sensor.isProbeUseful(i)) {
          ask(i);
        }
      }
    }
  }

  private long ask(int lane) {
    long nonce = nonces.nextLong();
    asked.add(nonce);
    sensor.lane(lane).sendProbe(buffer, 0, 100, nonce, nowNs);
    return nonce;
  }

  private void packets(int lane, int count) {
    for (int i = 0; i < count; i++) {
      sensor.lane(lane).sendPiece(buffer, 0, 100, failures);
    }
  }

  private static byte[] receipt(long nonce, long receiver, long packets) {
    return receipt(false, VNI, nonce, receiver, packets, TunnelReceipt.FLAG_JOINED);
  }

  private static byte[] receipt(
      boolean geneve, int vni, long nonce, long receiver, long packets, int flags) {
    int at = 8 + ReportFrame.headerLength(geneve);
    MemorySegment bytes = Arena.ofAuto().allocate((long) at + TunnelReceipt.LENGTH, 8);
    if (geneve) {
      Geneve.put(bytes, 0, vni);
    } else {
      Vxlan.put(bytes, 0, vni);
    }
    ReportFrame.put(bytes, 8, geneve, 0, TunnelReceipt.LENGTH);
    TunnelReceipt.put(
        bytes, at, flags | TunnelReceipt.FLAG_COUNTS, nonce, receiver, packets, packets + 1);
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void leavesSinglyUntilAReceiptComesAndJoinedAtTheNextTick() {
    tick();
    assertThat(sensor.isJoined()).isFalse();
    assertThat(sensor.lanesInUse()).isEqualTo(2);
    assertThat(asked).isNotEmpty();

    first.arrived.add(receipt(asked.getLast(), 7, 0));
    tick();

    assertThat(sensor.isJoined()).isTrue();
    assertThat(sensor.isAnswering()).isTrue();
    assertThat(sensor.lanesInUse()).isEqualTo(1);
    assertThat(first.joined && second.joined).isTrue();
  }

  @Test
  void asksAtOnceAndOftenWithinTheFirstSecond() {
    for (int i = 0; i < 4; i++) {
      tick();
    }
    assertThat(asked).hasSizeGreaterThanOrEqualTo(3);
  }

  /** A sniffer in the sensor's place, and nobody says so. */
  @Test
  void endsWithinAReportIntervalWhenReceiptsStop() {
    join();
    long joinedUntil = nowNs;
    for (int i = 0; i < 80; i++) {
      tick();
      if (sensor.isJoined()) {
        joinedUntil = nowNs;
      }
    }
    assertThat(joinedUntil - START_NS).isLessThan(REPORT_NS);
    assertThat(sensor.isJoined()).isFalse();
    assertThat(first.joined || second.joined).isFalse();
  }

  private void join() {
    tick();
    first.arrived.add(receipt(asked.getLast(), 7, 0));
    tick();
    assertThat(sensor.isJoined()).isTrue();
  }

  /** Joined for an hour with five of a hundred receipts lost, seeded. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void lostReceiptsChangeNothing(long seed) {
    Random loss = new Random(seed);
    join();
    int singly = 0;
    for (int i = 0; i < 14_400; i++) {
      asked.clear();
      tick();
      for (long nonce : asked) {
        if (loss.nextInt(100) >= 5) {
          first.arrived.add(receipt(nonce, 7, 0));
        }
      }
      singly += sensor.isJoined() ? 0 : 1;
    }
    assertThat(singly).as("ticks of 14,400 in which datagrams left singly").isLessThan(40);
  }

  @Test
  void aClosedPortEndsItAtOnceAndWhatWasAskedBeforeCountsNoMore() {
    join();
    long before = ask(0);
    first.failures = call -> Errno.ECONNREFUSED;
    packets(0, 1);
    first.failures = call -> 0;
    assertThat(sensor.isJoined()).isFalse();
    assertThat(first.joined).isFalse();

    first.arrived.add(receipt(before, 7, 0));
    tick();
    assertThat(sensor.isJoined()).isFalse();
    assertThat(sensor.receipts().get(ReceiptFate.LATE)).isEqualTo(1);

    asked.clear();
    tick();
    assertThat(asked).as("it is asked at once").isNotEmpty();
    first.arrived.add(receipt(asked.getLast(), 8, 0));
    tick();
    assertThat(sensor.isJoined()).isTrue();
  }

  @Test
  void aClosedPortIsAlsoHeardOfWhileReceiving() {
    join();
    first.receiveErrno = Errno.ECONNREFUSED;
    ask(0);
    tick();
    assertThat(sensor.isJoined()).isFalse();
  }

  @Test
  void aClockThatIsSetBackEndsIt() {
    join();
    nowNs -= TimeUnit.HOURS.toNanos(1);
    tick();
    assertThat(sensor.isJoined()).isFalse();
    first.arrived.add(receipt(asked.getLast(), 7, 0));
    tick();
    assertThat(sensor.isJoined()).isTrue();
  }

  @Test
  void whatIsForgedReplayedLateOrBrokenIsCountedAndChangesNothing() {
    tick();
    long nonce = asked.getFirst();
    byte[] right = receipt(nonce, 7, 5);
    byte[] version = right.clone();
    version[8 + 14 + 8] = 2;
    byte[] length = java.util.Arrays.copyOf(right, right.length - 1);
    byte[] longer = java.util.Arrays.copyOf(right, right.length + 1);
    byte[] network = right.clone();
    network[6]++;
    first.arrived.addAll(
        List.of(
            receipt(nonce + 1, 7, 5),
            version,
            length,
            longer,
            network,
            new byte[0],
            new byte[8],
            new byte[22]));
    second.arrived.add(right); // another lane's, where it is not read as nobody asked there
    tick();
    assertThat(sensor.isJoined()).isFalse();
    assertThat(sensor.isAnswering()).isFalse();
    assertThat(sensor.receipts().toMap())
        .containsEntry(ReceiptFate.UNKNOWN_NONCE, 1L)
        .containsEntry(ReceiptFate.INVALID_VERSION, 1L)
        .containsEntry(ReceiptFate.INVALID_LENGTH, 2L)
        .containsEntry(ReceiptFate.NO_RECEIPT, 4L)
        .hasSize(4);
    assertThat(sensor.confirmed().sent()).isZero();

    nowNs += JoinLease.LEASE_NS;
    first.arrived.add(right);
    ask(0);
    tick();
    assertThat(sensor.receipts().get(ReceiptFate.LATE)).isEqualTo(1);
    assertThat(sensor.isJoined()).isFalse();

    byte[] good = receipt(asked.getLast(), 7, 5);
    first.arrived.addAll(List.of(good, good));
    tick();
    assertThat(sensor.receipts().get(ReceiptFate.DUPLICATE)).isEqualTo(1);
    assertThat(sensor.receipts().get(ReceiptFate.ACCEPTED)).isEqualTo(1);
    assertThat(sensor.isJoined()).isTrue();
  }

  /** Any bytes: nothing is thrown, nothing changes. */
  @Test
  void anyBytesAreHarmless() {
    tick();
    Random random = new Random(4);
    byte[] right = receipt(asked.getLast() ^ 1, 7, 5);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = java.util.Arrays.copyOf(right, random.nextInt(right.length + 20));
      for (int n = random.nextInt(6); n > 0 && bytes.length > 0; n--) {
        bytes[random.nextInt(Math.min(bytes.length, 46))] = (byte) random.nextInt();
      }
      first.arrived.add(bytes);
      sensor.attend(nowNs, new ReceiptParser((i & 1) == 0, VNI));
    }
    assertThat(sensor.isJoined()).isFalse();
    assertThat(sensor.receipts().total()).isEqualTo(20_000);
    assertThat(sensor.receipts().get(ReceiptFate.ACCEPTED)).isZero();
  }

  @Test
  void geneveAndAReceiverThatDoesNotTakeJoinedOnes() {
    long nonce = ask(0);
    first.arrived.add(receipt(true, VNI, nonce, 7, 0, 0));
    sensor.attend(nowNs, new ReceiptParser(true, VNI));
    assertThat(sensor.isAnswering()).isTrue();
    assertThat(sensor.isJoined()).isFalse();
    nonce = ask(0);
    first.arrived.add(receipt(true, VNI, nonce, 7, 0, TunnelReceipt.FLAG_JOINED));
    sensor.attend(nowNs, new ReceiptParser(true, VNI));
    assertThat(sensor.isJoined()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void whatTheUserOrDiscoverySaysNeedsNoReceipt(SendMode mode) {
    sensor = lanes(mode);
    tick();
    assertThat(sensor.isJoined()).isEqualTo(mode == SendMode.JOINED);
    sensor.elsewhere(true);
    assertThat(sensor.isJoined()).isEqualTo(mode != SendMode.SINGLE);
    first.failures = call -> call < 1 ? Errno.ECONNREFUSED : 0;
    packets(0, 1);
    assertThat(sensor.isJoined()).isEqualTo(mode != SendMode.SINGLE);
    sensor.elsewhere(false);
    assertThat(sensor.isJoined()).isEqualTo(mode == SendMode.JOINED);
    first.arrived.add(receipt(ask(0), 7, 0));
    tick();
    assertThat(sensor.isJoined()).isEqualTo(mode != SendMode.SINGLE);
  }

  /** Receivers come, lose, start again; at every moment the sum holds and nothing is negative. */
  @Test
  void theLedgerAddsUp() {
    Random random = new Random(5);
    long receiver = 1;
    long received = 0;
    long trulyLost = 0;
    first.arrived.add(receipt(ask(0), receiver, 0));
    tick();
    for (int round = 0; round < 2_000; round++) {
      int count = random.nextInt(50);
      packets(0, count);
      int lost = random.nextInt(10) == 0 ? random.nextInt(count + 1) : 0;
      received += count - lost;
      trulyLost += lost;
      long nonce = ask(0);
      if (random.nextInt(20) > 0) {
        first.arrived.add(receipt(nonce, receiver, received));
      }
      tick();
      requireSums();
    }
    first.arrived.add(receipt(ask(0), receiver, received));
    tick();
    assertThat(sensor.confirmed().lost()).isEqualTo(trulyLost);
    assertThat(sensor.confirmed().unconfirmed()).isZero();

    long before = sensor.confirmed().sent();
    packets(0, 100); // the receiver restarts, and has got only some of these
    first.arrived.add(receipt(ask(0), 2, 30));
    tick();
    requireSums();
    assertThat(sensor.confirmed().sent()).isEqualTo(before);
    assertThat(sensor.confirmed().unconfirmed()).isEqualTo(100);
    packets(0, 10);
    first.arrived.add(receipt(ask(0), 2, 38));
    tick();
    requireSums();
    assertThat(sensor.confirmed().lost()).isEqualTo(trulyLost + 2);
    packets(0, 10);
    first.arrived.add(receipt(ask(0), 2, 60)); // more than was sent: forged or doubled
    tick();
    requireSums();
    assertThat(sensor.confirmed().lost()).isEqualTo(trulyLost);
    assertThat(sensor.confirmed().surplus()).isEqualTo(10);
  }

  private void requireSums() {
    SensorLanes.Confirmed all = sensor.confirmed();
    assertThat(all.sent() + all.unconfirmed()).isEqualTo(sensor.packetsSent());
    assertThat(all.received() + all.lost() - all.surplus()).isEqualTo(all.sent());
    assertThat(List.of(all.received(), all.lost(), all.surplus(), all.unconfirmed()))
        .allMatch(count -> count >= 0);
  }
}
