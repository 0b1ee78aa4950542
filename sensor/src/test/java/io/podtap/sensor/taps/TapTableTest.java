package io.podtap.sensor.taps;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.report.TapReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TapTableTest {

  private static final long NOW = 1_700_000_000_000_000_000L;

  private final TapTable table = new TapTable(KnownTaps.ANY);

  @Test
  void forgetsWhoIsSilentAndKeepsWhatWasCounted() {
    hear(1, NOW);
    hear(2, NOW + TapTable.SILENCE_NS_MAX / 2);

    List<TapSummary> gone = table.expire(NOW + TapTable.SILENCE_NS_MAX);

    assertThat(gone)
        .extracting(summary -> summary.tap().address())
        .containsExactly("0:0:0:0:0:0:0:1");
    assertThat(table.taps()).hasSize(1);
    assertThat(table.lanes()).hasSize(1);
    assertThat(table.forgotten().received()).isEqualTo(1);
    assertThat(table.forgotten().unreported()).isEqualTo(1);
    assertThat(table.forgottenCount()).isEqualTo(1);
  }

  @Test
  void aFullTableMakesRoomForTheSilentOnesLongestAgo() {
    for (int i = 0; i < TapTable.TAPS_MAX; i++) {
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
    assertThat(table.name(2)).isEqualTo("0:0:0:0:0:0:0:3");
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
    table.stream(0, 1, "aaaaaaaa").onFrame(60, NOW);
    table.stream(0, 1, "bbbbbbbb").onFrame(60, NOW);
    table.stream(0, 1, "aaaaaaaa").onFrame(60, NOW);
    table.stream(0, 2, "").onFrame(60, NOW);

    assertThat(TapSummary.of(table))
        .extracting(row -> row.tap().name() + ' ' + row.received())
        .containsExactly("aaaaaaaa 2", "bbbbbbbb 1", "0:0:0:0:0:0:0:2 1");
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
    Lane lane = table.lane(0, 1, port, 42);
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
}
