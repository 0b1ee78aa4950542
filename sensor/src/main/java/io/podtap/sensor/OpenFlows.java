/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.ConnLog;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.FlowAges;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code conn_long.log}: flows as they are at their first packet at or behind a time that
 * detections have named. When that is stands in {@link Flow#dueNs}. One thread.
 */
final class OpenFlows {

  private final FlowAges ages;
  private final LogStream<Flow> log;

  private OpenFlows(FlowAges ages, LogStream<Flow> log) {
    this.ages = ages;
    this.log = log;
  }

  /**
   * Returns where flows are shown after each packet, or null when nobody wants to see them.
   *
   * @param connections declares conn.log
   */
  static @Nullable OpenFlows of(LogSink sink, LogSchema<Flow> connections) {
    FlowAges ages = sink.flowAges();
    return ages == null ? null : new OpenFlows(ages, sink.open(ConnLog.ofLong(connections)));
  }

  /** Takes a flow at a packet of its own. */
  void onPacket(Flow flow, long timeNs) {
    if (timeNs < flow.dueNs()) {
      return;
    }
    if (flow.dueNs() == 0) {
      flow.due(ages.firstNs(flow));
    } else {
      log.write(flow);
      flow.due(ages.nextNs(flow, timeNs));
    }
  }

  /** Takes a flow that is open at the end of the capture. */
  void onEnd(Flow flow) {
    if (flow.dueNs() != 0 && ages.isSeenAtEnd(flow)) {
      log.write(flow);
    }
  }
}
