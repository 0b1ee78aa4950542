/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowKey;
import io.podtap.sensor.flow.FlowTable;
import io.podtap.sensor.flow.UidSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a format remembers of flows is never another flow's, nor out of date. */
final class FlowTextsTest {

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final FlowTable.Waker SLEEPER =
      new FlowTable.Waker() {
        @Override
        public long onTimer(Flow flow, long nowNs) {
          return Long.MAX_VALUE;
        }

        @Override
        public void onRemove(Flow flow) {}
      };

  private static final LogSchema<Flow> SCHEMA =
      LogSchema.<Flow>named("things", "Things that were seen.")
          .count("before", "A number.", row -> 1)
          .flow(row -> row)
          .count("after", "A number.", row -> 2)
          .build();

  private final FlowTable table = new FlowTable(1 << 16, new UidSource(5), SLEEPER);
  private final JsonFormat format = new JsonFormat();

  private Flow flow(int number) {
    MemorySegment header = MemorySegment.ofArray(new byte[20]);
    header.set(INT, 12, 0x0A00_0002 + number);
    header.set(INT, 16, 0x0A00_0001);
    FlowKey key = new FlowKey(11).ipv4(header, 0, 17, 4_000 + number, 53);
    return table.insert(key, 0, Long.MAX_VALUE);
  }

  private String written(Flow flow) {
    LineBuffer target = new LineBuffer(10);
    format.write(SCHEMA, flow, target);
    return target.toString();
  }

  @Test
  void aFlowIsNamedTheSameEachTime() {
    Flow flow = flow(0);
    String first = written(flow);
    assertThat(first)
        .matches(
            "\\{\"before\":1,\"uid\":\"C[0-9A-Za-z]+\",\"id.orig_h\":\"10.0.0.2\","
                + "\"id.orig_p\":4000,\"id.resp_h\":\"10.0.0.1\",\"id.resp_p\":53,\"after\":2}\n");
    assertThat(written(flow)).isEqualTo(first);
  }

  @Test
  void exchangedRolesAreSeen() {
    Flow flow = flow(0);
    written(flow);
    flow.exchangeRoles();
    assertThat(written(flow))
        .contains("\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":53,\"id.resp_h\":\"10.0.0.2\"");
  }

  /** Their ports and the lower halves of their addresses are no help. */
  @Test
  void exchangedRolesAreSeenOfEndsThatDifferInTheirNetworksAlone() {
    MemorySegment header = MemorySegment.ofArray(new byte[40]);
    header.set(INT, 8, 0xFD00_0001);
    header.set(INT, 20, 1);
    header.set(INT, 24, 0xFD00_0002);
    header.set(INT, 36, 1);
    Flow flow = table.insert(new FlowKey(11).ipv6(header, 0, 17, 123, 123), 0, Long.MAX_VALUE);
    assertThat(written(flow)).contains("\"id.orig_h\":\"fd00:1::1\"");
    flow.exchangeRoles();
    assertThat(written(flow)).contains("\"id.orig_h\":\"fd00:2::1\"");
  }

  /** More flows than there are places, in a random order: each is what a new format writes. */
  @Test
  void flowsThatShareAPlaceAreToldApart() {
    List<Flow> flows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      flows.add(flow(i));
    }
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      Flow flow = flows.get(random.nextInt(flows.size()));
      LineBuffer fresh = new LineBuffer(10);
      new JsonFormat().write(SCHEMA, flow, fresh);
      assertThat(written(flow)).isEqualTo(fresh.toString());
    }
  }
}
