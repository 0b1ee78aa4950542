/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneLedgerTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 1_700_000_000L * SECOND;

  private final LaneLedger ledger = new LaneLedger();

  @Test
  void countsFromTheFirstReportWhenItCameLate() {
    receive(1);
    report("a", 5, 1_000, 0);
    receive(1);
    report("a", 6, 1_003, 10);

    assertThat(ledger.sent()).isEqualTo(3);
    assertThat(ledger.lost()).isEqualTo(2);
    assertThat(ledger.unreported()).isEqualTo(1);
  }

  @Test
  void keepsTheLossOfAnEarlierStart() {
    report("a", 1, 0, 0);
    receive(7);
    report("a", 2, 10, 10);
    report("b", 1, 0, 20);
    receive(4);
    report("b", 2, 5, 30);

    assertThat(ledger.lost()).isEqualTo(4);
    assertThat(ledger.sent()).isEqualTo(15);
    assertThat(ledger.surplus()).isZero();
  }

  @Test
  void aLateReportIsNoRestart() {
    report("a", 1, 0, 0);
    receive(10);
    report("a", 3, 10, 10);

    assertThat(report("a", 2, 5, 11)).isEqualTo(ReportFate.LATE);
    assertThat(report("a", 3, 10, 11)).isEqualTo(ReportFate.LATE);
    assertThat(ledger.sent()).isEqualTo(10);
  }

  @Test
  void aLateReportOfTheStartBeforeIsIgnored() {
    report("a", 1, 0, 0);
    report("b", 1, 0, 10);

    assertThat(report("a", 2, 100, 11)).isEqualTo(ReportFate.LATE);
    assertThat(ledger.lost()).isZero();
  }

  @Test
  void aForgedStartCostsCoverageAndNoMore() {
    report("a", 1, 0, 0);
    receive(10);
    report("a", 2, 10, 10);
    report("forged", 1, 123, 11);
    receive(10);
    report("a", 3, 20, 20);
    receive(10);
    report("a", 4, 30, 30);

    assertThat(ledger.lost()).isZero();
    assertThat(ledger.surplus()).isZero();
    assertThat(ledger.unreported()).isEqualTo(10);
  }

  @Test
  void refusesCountsThatCannotBe() {
    report("a", 1, 0, 0);

    assertThat(report("a", 2, -1, 10)).isEqualTo(ReportFate.BAD);
    assertThat(report("a", 2, Long.MAX_VALUE, 10)).isEqualTo(ReportFate.BAD);
    assertThat(report("a", 2, 200_000_000, 10)).isEqualTo(ReportFate.BAD);
    assertThat(report("a", 2, 50_000_000, 10)).isEqualTo(ReportFate.USED);
  }

  @Test
  void aPacketOvertakenByTheLastReportIsNotLost() {
    report("a", 1, 0, 0);
    receive(9);
    ledger.onReport("a", 2, 10, true, NOW + 10 * SECOND);
    assertThat(ledger.lost()).isEqualTo(1);

    receive(1);

    assertThat(ledger.lost()).isZero();
    assertThat(ledger.unreported()).isZero();
  }

  @Test
  void missesNothingAfterACleanRestartThoughItsAnnouncementIsLost() {
    report("a", 1, 0, 0);
    receive(5);
    ledger.onReport("a", 2, 5, true, NOW + 10 * SECOND);
    receive(6);
    report("b", 2, 8, 30);

    assertThat(ledger.sent()).isEqualTo(13);
    assertThat(ledger.lost()).isEqualTo(2);
  }

  @Test
  void understandsReportsOfOldTaps() {
    report("", -1, 0, 0);
    receive(9);
    report("", -1, 10, 10);
    assertThat(report("", -1, 5, 11)).isEqualTo(ReportFate.LATE);
    report("", -1, 0, 20);
    receive(3);
    report("", -1, 3, 30);

    assertThat(ledger.lost()).isEqualTo(1);
    assertThat(ledger.sent()).isEqualTo(13);
  }

  private record Arrival(
      long atNs, long order, String start, long number, long sent, boolean last) {
    boolean isPacket() {
      return number == 0;
    }
  }

  /** Drops only: the ledger knows every one of them, across clean restarts. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void knowsEveryDropWhenNothingIsReordered(long seed) {
    Simulation simulation = new Simulation(seed, 0, 0, 0.05, 0);

    simulation.run();

    assertThat(ledger.lost()).as("seed %d", seed).isEqualTo(simulation.dropped);
    assertThat(ledger.sent()).as("seed %d", seed).isEqualTo(simulation.sentInAll);
    assertThat(ledger.surplus()).as("seed %d", seed).isZero();
  }

  /** Everything at once, crashes too: the ledger adds up after every single arrival. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void addsUpWhateverHappens(long seed) {
    new Simulation(seed, 2 * SECOND, 0.03, 0.05, 0.5).run();
  }

  /** Sends, loses, doubles and delays the packets and reports of a tap that starts again. */
  private final class Simulation {
    private final Random random;
    private final long seed;
    private final long delayNsMax;
    private final double doubled;
    private final double lost;
    private final double crashes;
    private final PriorityQueue<Arrival> onTheWay =
        new PriorityQueue<>(
            Comparator.comparingLong(Arrival::atNs).thenComparingLong(Arrival::order));
    private long order;
    private long dropped;
    private long sentInAll;

    Simulation(long seed, long delayNsMax, double doubled, double lost, double crashes) {
      this.seed = seed;
      this.random = new Random(seed);
      this.delayNsMax = delayNsMax;
      this.doubled = doubled;
      this.lost = lost;
      this.crashes = crashes;
    }

    void run() {
      long nowNs = NOW;
      for (int start = 0; start < 20; start++) {
        nowNs = live("start" + start, nowNs) + 3 * SECOND;
      }
      while (!onTheWay.isEmpty()) {
        arrive(onTheWay.remove());
      }
    }

    private long live(String start, long fromNs) {
      long nowNs = fromNs;
      long sent = 0;
      long number = 1;
      put(new Arrival(nowNs, order++, start, number++, 0, false), crashes > 0);
      int reports = 1 + random.nextInt(6);
      for (int i = 0; i < reports; i++) {
        int packets = random.nextInt(200);
        for (int k = 0; k < packets; k++) {
          nowNs += random.nextLong(SECOND / 10);
          sent++;
          put(new Arrival(nowNs, order++, start, 0, 0, false), true);
        }
        boolean last = i == reports - 1;
        if (!last || random.nextDouble() >= crashes) {
          put(new Arrival(nowNs, order++, start, number++, sent, last), crashes > 0);
        }
      }
      sentInAll += sent;
      return nowNs;
    }

    private void put(Arrival arrival, boolean mayBeLost) {
      if (mayBeLost && random.nextDouble() < lost) {
        dropped++;
        return;
      }
      onTheWay.add(delayed(arrival));
      if (random.nextDouble() < doubled) {
        onTheWay.add(delayed(arrival));
      }
    }

    private Arrival delayed(Arrival arrival) {
      long delay = delayNsMax == 0 || random.nextInt(10) > 0 ? 0 : random.nextLong(delayNsMax);
      return new Arrival(
          arrival.atNs + delay,
          arrival.order,
          arrival.start,
          arrival.number,
          arrival.sent,
          arrival.last);
    }

    private void arrive(Arrival arrival) {
      long lostSoFar = ledger.lost();
      if (arrival.isPacket()) {
        ledger.onPacket();
      } else {
        ledger.onReport(arrival.start, arrival.number, arrival.sent, arrival.last, arrival.atNs);
      }
      assertThat(ledger.sent() + ledger.surplus() + ledger.unreported())
          .as("seed %d", seed)
          .isEqualTo(ledger.received() + ledger.lost());
      assertThat(ledger.lost()).as("seed %d", seed).isBetween(0L, lostSoFar + 2_000);
      assertThat(ledger.surplus()).as("seed %d", seed).isNotNegative();
      assertThat(ledger.unreported()).as("seed %d", seed).isNotNegative();
    }
  }

  private void receive(int packets) {
    for (int i = 0; i < packets; i++) {
      ledger.onPacket();
    }
  }

  private ReportFate report(String start, long number, long sent, long second) {
    return ledger.onReport(start, number, sent, false, NOW + second * SECOND);
  }
}
