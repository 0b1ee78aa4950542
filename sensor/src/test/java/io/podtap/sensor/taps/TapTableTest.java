/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.report.TapReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TapTableTest {

  private static final long NOW = 1_700_000_000_000_000_000L;

  private final TapTable table = new TapTable(KnownTaps.ANY);

  @Test
  void forgetsWhoIsSilentAndKeepsWhatWasCounted() {
    hear(1, NOW);
    hear(2, NOW + TapTable.SILENCE_NS_MAX / 2);

    List<TapSummary> gone = table.expire(NOW + TapTable.SILENCE_NS_MAX);

    assertThat(gone).extracting(summary -> summary.tap().address()).containsExactly("::1");
    assertThat(table.taps()).hasSize(1);
    assertThat(table.lanes()).hasSize(1);
    assertThat(table.forgotten().received()).isEqualTo(1);
    assertThat(table.forgotten().unreported()).isEqualTo(1);
    assertThat(table.forgottenCount()).isEqualTo(1);
  }

  @Test
  void aFullTableMakesRoomForTheSilentOnesLongestAgo() {
    for (int i = 0; i < TapTable.UNPROVEN_MAX; i++) {
      hear(i, NOW + i);
    }
    assertThat(table.lane(9, 9, 50_000, 42)).isSameAs(table.overflow());
    assertThat(table.expire(NOW + TapTable.SILENCE_NS_FULL - 1)).isEmpty();

    List<TapSummary> gone = table.expire(NOW + TapTable.SILENCE_NS_FULL + 2);

    assertThat(gone).extracting(summary -> summary.tap().index()).containsExactly(0, 1, 2);
    assertThat(table.lane(9, 9, 50_000, 42)).isNotSameAs(table.overflow());
  }

  @Test
  void anIndexIsNeverGivenToAnotherTap() {
    hear(1, NOW);
    hear(2, NOW);
    table.expire(NOW + TapTable.SILENCE_NS_MAX);
    hear(3, NOW + TapTable.SILENCE_NS_MAX);

    assertThat(table.name(0)).isEqualTo("other");
    assertThat(table.name(1)).isEqualTo("other");
    assertThat(table.name(2)).isEqualTo("::3");
  }

  @Test
  void findsEveryLaneAfterOthersWereForgotten() {
    for (int i = 0; i < 2_000; i++) {
      hear(i, i % 2 == 0 ? NOW : NOW + TapTable.SILENCE_NS_MAX);
    }

    assertThat(table.expire(NOW + TapTable.SILENCE_NS_MAX)).hasSize(1_000);

    for (int i = 1; i < 2_000; i += 2) {
      assertThat(table.lane(0, i, 50_000, 42).receivedPackets()).isEqualTo(1);
    }
    assertThat(table.lanes()).hasSize(1_000);
  }

  @Test
  void twoTapsOfOneAddressHaveARowEach() {
    report(50_000, "aaaaaaaa", 0, 0);
    report(50_001, "bbbbbbbb", 0, 0);
    for (int i = 0; i < 5; i++) {
      table.lane(0, 1, 50_000, 42).onFrame(60, NOW);
      table.lane(0, 1, 50_001, 42).onFrame(70, NOW);
      table.lane(0, 1, 50_002, 42).onFrame(70, NOW); // whose it is shows later
    }
    report(50_000, "aaaaaaaa", 1, 5);
    report(50_001, "bbbbbbbb", 1, 6);
    assertThat(report(50_002, "bbbbbbbb", 2, 5)).isEqualTo(ReportFate.USED);

    List<TapSummary> rows = TapSummary.of(table);
    assertThat(rows).extracting(row -> row.tap().name()).containsExactly("aaaaaaaa", "bbbbbbbb");
    assertThat(rows).extracting(TapSummary::received).containsExactly(5L, 10L);
    assertThat(rows).extracting(TapSummary::receivedBytes).containsExactly(300L, 700L);
    assertThat(rows).extracting(TapSummary::lost).containsExactly(0L, 1L);
    assertThat(table.name(1)).isEqualTo("bbbbbbbb");
  }

  @Test
  void whatWasHeardBeforeTheFirstReportIsTheReportersAndKeepsItsIndex() {
    hear(1, NOW);
    int index = table.lane(0, 1, 50_000, 42).tap().index();
    report(50_000, "aaaaaaaa", 0, 1);

    assertThat(table.name(index)).isEqualTo("aaaaaaaa");
    assertThat(TapSummary.of(table)).singleElement().matches(row -> row.received() == 1);
  }

  /** Taps of one node's network, or behind one address: a sensor that was restarted knows none. */
  @Test
  void portsThatHaveNotReportedAreOfNoTapThatHas() {
    int early = index(50_001);
    assertThat(table.lane(0, 1, 50_001, 42).tap().isKnown()).isFalse();
    report(50_000, "aaaaaaaa", 0, 0);
    int late = index(50_002);
    assertThat(table.lane(0, 1, 50_002, 42).tap().isKnown()).isTrue(); // its address has reported
    assertThat(table.lane(0, 1, 50_002, 43).tap().isKnown()).isFalse();
    assertThat(table.name(early)).isEqualTo("::1");
    assertThat(table.name(late)).isEqualTo("::1");
    assertThat(requireNonNull(table.tap(late)).report().value(TapReport.TAP_ID)).isEmpty();

    report(50_001, "bbbbbbbb", 0, 1);
    report(50_002, "aaaaaaaa", 1, 1);

    assertThat(table.name(early)).isEqualTo("::1"); // of both taps: it names neither
    assertThat(table.name(index(50_001))).isEqualTo("bbbbbbbb");
    assertThat(table.name(index(50_002))).isEqualTo("aaaaaaaa");
    assertThat(TapSummary.of(table))
        .extracting(row -> row.tap().name() + ' ' + row.received())
        .containsExactly("aaaaaaaa 2", "::1 0", "bbbbbbbb 2"); // of another VNI
  }

  @Test
  void severalPortsOfOneTapAreItsOwnOnceAllHaveReported() {
    int early = index(50_000);
    assertThat(index(50_001)).isEqualTo(early);
    report(50_000, "aaaaaaaa", 0, 1);
    assertThat(table.name(early)).isEqualTo("::1");
    report(50_001, "aaaaaaaa", 0, 1);

    assertThat(table.name(early)).isEqualTo("aaaaaaaa");
    assertThat(requireNonNull(table.tap(early)).report().value(TapReport.TAP_ID))
        .isEqualTo("aaaaaaaa");
    assertThat(table.taps()).hasSize(1);
    hear(2, NOW - 1);
    table.expire(NOW + TapTable.SILENCE_NS_MAX - 1);
    assertThat(table.name(early)).isEqualTo("aaaaaaaa");
    table.expire(NOW + TapTable.SILENCE_NS_MAX);
    assertThat(table.name(early)).isEqualTo("other");
    assertThat(table.taps()).isEmpty();
  }

  /** The pod before has ended without a word; the next one's first report was lost. */
  @Test
  void whoGetsAnAddressNextIsNotWhoHadItBefore() {
    report(50_000, "aaaaaaaa", 0, 0);
    int next = index(50_001);
    assertThat(table.name(next)).isEqualTo("::1");
    report(50_001, "bbbbbbbb", 0, 1);
    assertThat(table.name(next)).isEqualTo("bbbbbbbb");
  }

  /** Every order in which three taps behind one address send and report. */
  @Test
  void anIndexNeverNamesATapThatDidNotSendUnderIt() {
    for (int seed = 0; seed < 300; seed++) {
      checkOrder(new SplittableRandom(seed), "seed " + seed);
    }
  }

  private static void checkOrder(SplittableRandom random, String what) {
    TapTable some = new TapTable(KnownTaps.ANY);
    Map<Integer, Set<String>> senders = new HashMap<>();
    long received = 0;
    for (int step = 0; step < 40; step++) {
      int port = random.nextInt(9);
      String id = "tap" + port % 3;
      ReceivedLane lane = some.lane(0, 1, port, 42);
      if (random.nextInt(4) == 0) {
        some.onReport(lane, new TapReport(Map.of(TapReport.TAP_ID, id, TapReport.TIME, "1")), NOW);
      } else {
        lane.onFrame(60, NOW);
        received++;
        senders.computeIfAbsent(lane.tap().index(), _ -> new HashSet<>()).add(id);
      }
      senders.forEach((index, ids) ->
          assertThat(some.name(index))
              .as(what)
              .isIn(ids.size() == 1 ? Set.of("::1", ids.iterator().next()) : Set.of("::1")));
    }
    assertThat(TapSummary.of(some).stream().mapToLong(TapSummary::received).sum())
        .as(what)
        .isEqualTo(received);
  }

  private int index(int port) {
    ReceivedLane lane = table.lane(0, 1, port, 42);
    lane.onFrame(60, NOW);
    return lane.tap().index();
  }

  @Test
  void aTapThatTakesOverAPortLeavesTheFormerOnesCountsAlone() {
    for (int round = 0; round < 3; round++) {
      for (String id : List.of("aaaaaaaa", "bbbbbbbb")) {
        report(50_000, id, 2L * round, 3L * round);
        for (int i = 0; i < 3; i++) {
          hear(1, NOW);
        }
        report(50_000, id, 2L * round + 1, 3L * round + 3);
      }
    }

    List<TapSummary> rows = TapSummary.of(table);
    assertThat(table.lanes()).hasSize(2);
    assertThat(rows).extracting(TapSummary::received).containsExactly(9L, 9L);
    assertThat(rows).extracting(TapSummary::sentHere).containsExactly(9L, 9L);
    assertThat(rows).extracting(TapSummary::lost).containsExactly(0L, 0L);
    assertThat(table.expire(NOW + TapTable.SILENCE_NS_MAX)).hasSize(2);
    assertThat(table.lanes()).isEmpty();
  }

  @Test
  void streamsOfOneAddressAreToldByTheTapsId() {
    table.stream(0, 1, "aaaaaaaa", NOW).onFrame(60, NOW);
    table.stream(0, 1, "bbbbbbbb", NOW).onFrame(60, NOW);
    table.stream(0, 1, "aaaaaaaa", NOW).onFrame(60, NOW);
    table.stream(0, 2, "", NOW).onFrame(60, NOW);

    assertThat(TapSummary.of(table))
        .extracting(row -> row.tap().name() + ' ' + row.received())
        .containsExactly("aaaaaaaa 2", "bbbbbbbb 1", "::2 1");
  }

  @Test
  void aClockThatStepsMakesNobodySilent() {
    hear(1, NOW);
    assertThat(table.expire(NOW)).isEmpty();
    for (long step : new long[] {1, -1, -100, 100}) {
      assertThat(table.expire(NOW + step * TapTable.SILENCE_NS_MAX)).isEmpty();
    }
    long now = NOW + 100 * TapTable.SILENCE_NS_MAX;
    for (int second = 0; second < 3_600; second++) {
      assertThat(table.taps()).hasSize(1);
      table.expire(now + second * 1_000_000_000L);
    }
    assertThat(table.expire(now + TapTable.SILENCE_NS_MAX)).hasSize(1);
  }

  private ReportFate report(int port, String id, long sequence, long sent) {
    ReceivedLane lane = table.lane(0, 1, port, 42);
    return table.onReport(
        lane,
        new TapReport(
            Map.of(
                TapReport.TAP_ID,
                id,
                TapReport.START,
                "7" + id,
                TapReport.SEQUENCE,
                Long.toString(sequence),
                TapReport.LANE_SENT,
                Long.toString(sent))),
        NOW);
  }

  private void hear(long address, long nowNs) {
    table.lane(0, address, 50_000, 42).onFrame(60, nowNs);
  }

  /** What one datagram costs is no matter of how many others have sent: a count of comparisons. */
  @Test
  void aReportCostsTheSameInAFullTable() {
    double empty = reportNs(new TapTable(KnownTaps.ANY));
    TapTable full = new TapTable(KnownTaps.ANY);
    for (int i = 0; full.lane(1, i, 50_000, 7) != full.overflow(); i++) {
      for (int port = 1; port < 4; port++) {
        full.lane(1, i, port, 7);
      }
      if (i == TapTable.UNPROVEN_MAX - 2) {
        break; // one place is left for the reporter's two ids
      }
    }
    double filled = reportNs(full);
    assertThat(full.lanes().size()).isGreaterThan(8_000);
    assertThat(filled / empty).as("%f ns and %f ns", filled, empty).isLessThan(20);
  }

  /** Two ids in turn from one port, the least of several rounds. */
  private static double reportNs(TapTable table) {
    double least = Double.MAX_VALUE;
    int sequence = 0;
    Map<String, String> values = new java.util.LinkedHashMap<>();
    for (int round = 0; round < 10; round++) {
      long begin = System.nanoTime();
      for (int i = 0; i < 2_000; i++) {
        values.put(TapReport.TAP_ID, i % 2 == 0 ? "A" : "B");
        values.put(TapReport.START, "1");
        values.put(TapReport.SEQUENCE, Integer.toString(++sequence));
        values.put(TapReport.LANE_SENT, "0");
        table.onReport(table.lane(9, 9, 50_000, 7), new TapReport(values), NOW);
      }
      least = Math.min(least, (System.nanoTime() - begin) / 2_000.0);
    }
    return least;
  }

  @Test
  void oneAddressHasItsShareOnly() {
    for (int vni = 0; vni < 10_000; vni++) {
      table.lane(0, 66, 50_000, vni).onFrame(60, NOW);
    }
    assertThat(table.taps()).hasSize(TapTable.TAPS_PER_ADDRESS_MAX);
    ReceivedLane other = table.lane(0, 9, 50_000, 42);
    assertThat(other).isNotSameAs(table.overflow());
    for (int port = 0; port < 10_000; port++) {
      table.lane(0, 9, port, 42);
    }
    assertThat(table.lanes()).hasSize(TapTable.TAPS_PER_ADDRESS_MAX + TapTable.LANES_PER_TAP_MAX);
    assertThat(table.overflow().receivedPackets())
        .isEqualTo(10_000 - TapTable.TAPS_PER_ADDRESS_MAX);
  }

  @Test
  void idsOfOneAddressHaveItsShareOnly() {
    int used = 0;
    for (int i = 0; i < 2_000; i++) {
      used += report(50_000, "id" + i, i, 0) == ReportFate.USED ? 1 : 0;
    }
    assertThat(used).isEqualTo(TapTable.TAPS_PER_ADDRESS_MAX);
    assertThat(table.taps()).hasSize(TapTable.TAPS_PER_ADDRESS_MAX);
    assertThat(report(50_001, "x".repeat(KnownTap.ID_LENGTH_MAX + 1), 0, 0))
        .isEqualTo(ReportFate.BAD);
  }

  @Test
  void whoIsOnTheListFindsAPlaceWhateverOthersSend() {
    TapTable listed = new TapTable(new KnownTaps(true, List.of(AddressRange.parse("10.0.0.9"))));
    for (int i = 0; i < 20_000; i++) {
      ReceivedLane lane = listed.lane(i, i, i, i);
      lane.onFrame(60, NOW);
      assertThat(lane).isSameAs(listed.overflow());
    }
    assertThat(listed.taps()).isEmpty();
    assertThat(listed.overflow().receivedPackets()).isEqualTo(20_000);
    assertThat(listed.lane(0, 0xFFFF_0A00_0009L, 50_000, 42).tap().isKnown()).isTrue();
    assertThat(listed.stream(0, 5, "id", NOW).tap().isKnown()).isTrue();
  }

  @Test
  void whoHasProvedItselfFindsAPlaceInATableFullOfOthers() {
    for (int i = 0; i < 3 * TapTable.UNPROVEN_MAX; i++) {
      hear(i, NOW);
    }
    assertThat(table.taps()).hasSize(TapTable.UNPROVEN_MAX);
    for (int i = 0; i < 1_024; i++) {
      ReceivedLane lane = table.stream(7, i, "id", NOW);
      lane.onFrame(60, NOW);
      assertThat(lane.tap().isKnown()).isTrue();
    }
    assertThat(table.stream(8, 8, "one too many", NOW)).isSameAs(table.overflow());
  }

  /** A list of a whole network lists whoever forges an address of it. */
  @Test
  void whoHasProvedItselfFindsAPlaceBesideForgedAddressesOfTheList() {
    TapTable listed = new TapTable(new KnownTaps(true, List.of(AddressRange.parse("10.0.0.0/8"))));
    for (int i = 0; i < 3 * TapTable.TAPS_MAX; i++) {
      for (int port = 0; port < 4; port++) {
        listed.lane(0, 0xFFFF_0A00_0000L + i, port, 42).onFrame(60, NOW);
      }
    }
    assertThat(listed.taps()).hasSizeLessThanOrEqualTo(TapTable.DATAGRAMS_MAX);
    for (int i = 0; i < 512; i++) {
      assertThat(listed.stream(0, 0xFFFF_0A00_0000L + i, "id", NOW)).isNotSameAs(listed.overflow());
    }
  }

  /** Datagrams in the name of a tap's address leave its streams their places. */
  @Test
  void whoHasProvedItselfFindsAPlaceWhereOthersForgeItsAddress() {
    for (int vni = 0; vni < 2 * TapTable.TAPS_PER_ADDRESS_MAX; vni++) {
      table.lane(0, 1, 50_000, vni).onFrame(60, NOW);
    }
    for (int i = 0; i < TapTable.TAPS_PER_ADDRESS_MAX; i++) {
      assertThat(table.stream(0, 1, "id" + i, NOW)).isNotSameAs(table.overflow());
    }
    assertThat(table.stream(0, 1, "one too many", NOW)).isSameAs(table.overflow());
  }

  @Test
  void aTapOfAStreamIsHeardFromItsFirstWordOn() {
    ReceivedLane lane = table.stream(0, 1, "aaaaaaaa", NOW);
    assertThat(table.expire(NOW + 1_000_000_000L)).isEmpty();
    assertThat(table.isCurrent(lane)).isTrue();
    assertThat(table.expire(NOW + 2_000_000_000L)).isEmpty();
    for (int i = 0; i < 250; i++) {
      table.expire(NOW + i * 15_000_000_000L);
    }
    assertThat(table.isCurrent(lane)).isFalse();
    assertThat(table.stream(0, 1, "aaaaaaaa", NOW)).isNotSameAs(lane);
  }

  /** Texts with one hash: a table by hashes alone would search them one after another. */
  @Test
  void idsOfOneHashAreFoundAsFast() {
    double ratio = Double.MAX_VALUE;
    for (int attempt = 0; attempt < 5 && ratio >= 20; attempt++) { // the machine may be loaded
      double plain = idNs(i -> "id" + i);
      ratio = idNs(TapTableTest::collision) / plain;
    }
    assertThat(ratio).isLessThan(20);
  }

  private static String collision(int i) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 12; bit++) {
      text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return text.toString();
  }

  private static double idNs(java.util.function.IntFunction<String> ids) {
    double least = Double.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      TapTable table = new TapTable(KnownTaps.ANY);
      long begin = System.nanoTime();
      for (int repeat = 0; repeat < 10; repeat++) {
        for (int i = 0; i < TapTable.TAPS_PER_ADDRESS_MAX; i++) {
          table.stream(0, 1, ids.apply(i), NOW);
        }
      }
      least = Math.min(least, (double) (System.nanoTime() - begin));
      assertThat(table.taps()).hasSize(TapTable.TAPS_PER_ADDRESS_MAX);
    }
    return least;
  }
}
