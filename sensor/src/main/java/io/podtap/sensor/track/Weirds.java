/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Headers;
import io.podtap.sensor.flow.Flow;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How often each weird was met; each is handed on as well. One thread. */
public final class Weirds {

  private final long[] counts = new long[Weird.values().length];
  private final FlowHandler handler;
  private boolean inTunnel;

  Weirds(FlowHandler handler) {
    this.handler = handler;
  }

  /**
   * States whether the packet at hand came through a tunnel: its weirds have other names then,
   * those of its flow have not.
   */
  public void inTunnel(boolean isInTunnel) {
    inTunnel = isInTunnel;
  }

  /** Counts one of a flow. */
  public void add(Weird weird, Flow flow) {
    add(weird, weird.detail(), flow);
  }

  /** As above, with what exactly. */
  void add(Weird weird, String detail, Flow flow) {
    counts[weird.ordinal()]++;
    handler.onWeird(weird, detail, flow);
  }

  /** Counts one of a packet that belongs to no flow; see {@link FlowHandler#onWeird}. */
  public void add(Weird weird, MemorySegment segment, @Nullable Headers headers) {
    add(weird, weird.detail(), segment, headers);
  }

  /** As above, with what exactly. */
  public void add(Weird weird, String detail, MemorySegment segment, @Nullable Headers headers) {
    counts[weird.ordinal()]++;
    String name = inTunnel ? weird.nameInTunnel() : weird.zeekName();
    handler.onWeird(weird, name, detail, segment, headers);
  }

  /** Returns how often {@code weird} was met. */
  public long count(Weird weird) {
    return counts[weird.ordinal()];
  }

  /** Returns how often each was met, by its name in weird.log; what was not met is left out. */
  public Map<String, Long> counts() {
    Map<String, Long> met = new TreeMap<>();
    for (Weird weird : Weird.values()) {
      if (count(weird) > 0) {
        met.merge(weird.zeekName(), count(weird), Long::sum);
      }
    }
    return met;
  }
}
