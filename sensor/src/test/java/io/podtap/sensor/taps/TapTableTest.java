package io.podtap.sensor.taps;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

  private void hear(long address, long nowNs) {
    table.lane(0, address, 50_000, 42).onFrame(60, nowNs);
  }
}
