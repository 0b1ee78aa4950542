/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlowTableTest {

  private static final long SECOND_NS = 1_000_000_000L;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final FlowKey key = new FlowKey(11);
  private final List<Integer> removed = new ArrayList<>();

  /** Ends a flow after a second of silence. */
  private final FlowTable.Waker waker =
      new FlowTable.Waker() {
        @Override
        public long onTimer(Flow flow, long nowNs) {
          long deadlineNs = flow.lastNs + SECOND_NS;
          return deadlineNs <= nowNs ? 0 : deadlineNs;
        }

        @Override
        public void onRemove(Flow flow) {
          removed.add(flow.originatorPort());
        }
      };

  private FlowKey key(int source, int port) {
    MemorySegment header = MemorySegment.ofArray(new byte[20]);
    header.set(INT, 12, source);
    header.set(INT, 16, 0x0A00_0001);
    return key.ipv4(header, 0, 17, port, 53);
  }

  private Flow insert(FlowTable table, int source, int port, long nowNs) {
    table.advance(nowNs);
    return table.insert(key(source, port), nowNs, nowNs + SECOND_NS);
  }

  @Test
  void findsEveryFlowWhileTheTableGrowsAndShrinks() {
    FlowTable table = new FlowTable(1 << 16, new UidSource(5), waker);
    Map<Integer, Flow> expected = new HashMap<>();
    Random random = new Random(42);
    for (int i = 0; i < 60_000; i++) {
      int source = random.nextInt(20_000);
      Flow found = table.find(key(source, source & 0x7FFF));
      assertThat(found).isSameAs(expected.get(source));
      if (found == null) {
        expected.put(source, insert(table, source, source & 0x7FFF, 1));
      } else if (random.nextInt(3) == 0) {
        table.remove(found);
        expected.remove(source);
      }
    }
    assertThat(table.size()).isEqualTo(expected.size());
    expected.forEach(
        (source, flow) -> assertThat(table.find(key(source, source & 0x7FFF))).isSameAs(flow));
    table.drain();
    assertThat(table.size()).isZero();
    assertThat(table.find(key(1, 1))).isNull();
  }

  @Test
  void findsAFlowFromBothItsEnds() {
    FlowTable table = new FlowTable(10, new UidSource(5), waker);
    MemorySegment there = MemorySegment.ofArray(new byte[20]);
    MemorySegment back = MemorySegment.ofArray(new byte[20]);
    there.set(INT, 12, 0xC000_0201);
    there.set(INT, 16, 0x0A00_0001);
    back.set(INT, 12, 0x0A00_0001);
    back.set(INT, 16, 0xC000_0201);

    Flow flow = table.insert(key.ipv4(there, 0, 6, 1_000, 80), 1, SECOND_NS);

    assertThat(flow.isFromOriginator(key)).isTrue();
    assertThat(table.find(key.ipv4(back, 0, 6, 80, 1_000))).isSameAs(flow);
    assertThat(flow.isFromOriginator(key)).isFalse();
    assertThat(table.find(key.ipv4(back, 0, 6, 1_000, 80))).isNull();
    assertThat(table.find(key.ipv4(back, 0, 17, 80, 1_000))).isNull();
  }

  @Test
  void firesTimersExactlyWhenTheyAreDueAndNotBefore() {
    FlowTable table = new FlowTable(10, new UidSource(5), waker);
    long start = 1_700_000_000 * SECOND_NS;
    insert(table, 1, 1, start);
    insert(table, 2, 2, start + 10);

    table.advance(start + SECOND_NS - 1);
    assertThat(removed).isEmpty();
    table.advance(start + SECOND_NS);
    assertThat(removed).containsExactly(1);
    table.advance(start + SECOND_NS + 10);
    assertThat(removed).containsExactly(1, 2);
  }

  @Test
  void asksAgainWhenAFlowHasGoneOn() {
    FlowTable table = new FlowTable(10, new UidSource(5), waker);
    Flow flow = insert(table, 1, 1, 0);
    flow.lastNs = SECOND_NS / 2;

    table.advance(SECOND_NS);
    assertThat(removed).isEmpty();
    table.advance(SECOND_NS * 3 / 2);
    assertThat(removed).containsExactly(1);
  }

  @Test
  void bringsATimerForward() {
    FlowTable table = new FlowTable(10, new UidSource(5), waker);
    table.advance(1);
    Flow flow = table.insert(key(1, 1), 1, 500 * SECOND_NS);
    table.wakeBy(flow, 2 * SECOND_NS);

    table.advance(2 * SECOND_NS);
    assertThat(removed).containsExactly(1);
  }

  @Test
  void keepsTimersBeyondTheWheelsHorizon() {
    FlowTable table = new FlowTable(10, new UidSource(5), waker);
    table.advance(1);
    Flow flow = table.insert(key(1, 1), 1, 5_000 * SECOND_NS);
    flow.lastNs = 4_999 * SECOND_NS;

    for (int i = 1; i < 5_000; i += 100) {
      table.advance(i * SECOND_NS);
      assertThat(removed).as("at %d s", i).isEmpty();
    }
    table.advance(5_000 * SECOND_NS);
    assertThat(removed).containsExactly(1);
  }

  @Test
  void survivesLeapsOfTimeInBothDirections() {
    FlowTable table = new FlowTable(100, new UidSource(5), waker);
    insert(table, 1, 1, 0);
    insert(table, 2, 2, 1_000_000 * SECOND_NS);
    assertThat(removed).containsExactly(1);
    insert(table, 3, 3, 5 * SECOND_NS); // a packet out of order, by days
    table.advance(6 * SECOND_NS);
    table.advance(1_000_001 * SECOND_NS);
    assertThat(removed).containsExactlyInAnyOrder(1, 3, 2);
  }

  @Test
  void endsTheMostSilentFlowWhenFull() {
    FlowTable table = new FlowTable(4, new UidSource(5), waker);
    Flow first = insert(table, 1, 1, 1);
    for (int i = 2; i <= 4; i++) {
      insert(table, i, i, i);
    }
    first.lastNs = SECOND_NS / 2;
    insert(table, 5, 5, SECOND_NS / 2);

    assertThat(removed).hasSize(1).doesNotContain(1, 5);
    assertThat(table.evicted()).isEqualTo(1);
    assertThat(table.size()).isEqualTo(4);
  }

  @Test
  void givesUidsThatNeverComeTwice() {
    UidSource source = new UidSource(9);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      assertThat(source.next()).isBetween(0L, 0xFFFF_FFFFL);
      assertThat(seen.add(source.low())).isTrue();
    }
  }
}
