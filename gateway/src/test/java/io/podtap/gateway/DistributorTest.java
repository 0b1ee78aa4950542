/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.core.report.TapReport;
import io.podtap.gateway.output.Senders;
import io.podtap.sensor.taps.KnownTaps;
import io.podtap.sensor.taps.ReceivedLane;
import io.podtap.sensor.taps.TapTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What senders say of themselves does not grow without end. */
final class DistributorTest {

  private static final long NOW = 1_700_000_000_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final TapTable taps = new TapTable(KnownTaps.ANY);
  private final Senders senders = new Senders();
  private final Distributor distributor = new Distributor(taps, senders, List.of());
  private final MemorySegment memory = Arena.ofAuto().allocate(60);
  private final Frame frame = new Frame();

  private void send(ReceivedLane lane, int linkType) {
    frame.wrap(memory, 0, 60, 60, NOW);
    distributor.onFrame(frame.origin(linkType, lane.tap().index(), false));
  }

  private static TapReport report(int sender, int round) {
    return new TapReport(
        Map.of(
            TapReport.TAP_ID,
            "t" + sender,
            TapReport.START,
            "1",
            TapReport.SEQUENCE,
            Integer.toString(round),
            TapReport.LANE_SENT,
            "0",
            TapReport.POD,
            round + "-" + sender + "p".repeat(700)));
  }

  @Test
  void forgedNamesDoNotLeakSenders() {
    int forged = 4_000;
    for (int round = 0; round < 200; round++) {
      long now = NOW + round * SECOND;
      for (int i = 0; i < forged; i++) {
        ReceivedLane lane = taps.lane(0, i, 50_000, 42);
        taps.onReport(lane, report(i, round), now);
        if (round == 0) {
          send(lane, LinkType.ETHERNET);
        }
      }
      distributor.refresh(now);
      assertThat(senders.size()).isLessThanOrEqualTo(forged + 4_096);
    }
    assertThat(distributor.frames()).isEqualTo(forged);
  }

  @Test
  void aFirstNameIsTakenAtOnceAndAnotherLater() {
    ReceivedLane lane = taps.lane(0, 1, 50_000, 42);
    lane.onFrame(60, NOW);
    send(lane, LinkType.ETHERNET);
    assertThat(senders.of(0).name()).isEqualTo(lane.tap().address());
    taps.onReport(lane, report(1, 1), NOW);
    distributor.refresh(NOW);
    assertThat(senders.of(1).name()).startsWith("1-1pp").hasSize(128);
    taps.onReport(lane, report(1, 2), NOW);
    distributor.refresh(NOW + SECOND);
    assertThat(senders.size()).isEqualTo(2);
    distributor.refresh(NOW + 61 * SECOND);
    assertThat(senders.of(2).name()).startsWith("2-1pp");
    assertThat(senders.of(0).linkType()).as("frames of it may wait").isEqualTo(LinkType.ETHERNET);
  }

  @Test
  void linkTypesAreBounded() {
    ReceivedLane lane = taps.stream(0, 1, "id", NOW);
    for (int linkType = 0; linkType < 65_536; linkType++) {
      send(lane, linkType);
    }
    ReceivedLane other = taps.stream(0, 2, "id", NOW);
    for (int linkType = 0; linkType < 65_536; linkType++) {
      send(other, linkType);
    }
    assertThat(senders.size()).isLessThanOrEqualTo(8_192 + 65_536);
  }
}
