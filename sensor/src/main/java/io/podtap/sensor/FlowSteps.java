/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.Headers;
import io.podtap.sensor.dispatch.Dispatcher;
import io.podtap.sensor.dispatch.PacketWeirds;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.sink.FlowEvents;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.track.FlowHandler;
import io.podtap.sensor.track.Weird;
import io.podtap.sensor.tunnel.TunnelRecorder;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Joins the tracker to the steps behind it. */
record FlowSteps(
    Dispatcher dispatcher,
    TunnelRecorder tunnels,
    LogStream<Flow> connections,
    @Nullable FlowEvents handshakes,
    @Nullable FlowEvents refusals)
    implements FlowHandler {

  @Override
  public void onEstablished(Flow flow) {
    if (handshakes != null) {
      handshakes.tell(flow, /* fromOriginator= */ false, "", "", /* number= */ 0);
    }
  }

  @Override
  public void onRejected(Flow flow) {
    if (refusals != null) {
      refusals.tell(flow, /* fromOriginator= */ false, "", "", /* number= */ 0);
    }
  }

  @Override
  public void onPayload(
      Flow flow, boolean fromOriginator, MemorySegment segment, long offset, int length) {
    dispatcher.onPayload(flow, fromOriginator, segment, offset, length);
  }

  @Override
  public void onGap(Flow flow, boolean fromOriginator, long length) {
    dispatcher.onGap(flow, fromOriginator, length);
  }

  @Override
  public void onEnd(Flow flow, boolean fromOriginator) {
    dispatcher.onEnd(flow, fromOriginator);
  }

  @Override
  public void onFlowEnd(Flow flow) {
    dispatcher.onFlowEnd(flow);
    tunnels.close(flow);
    connections.write(flow);
  }

  @Override
  public void onWeird(Weird weird, String detail, Flow flow) {
    dispatcher.weirds().ofFlow(flow, weird.zeekName(), detail, weird.source());
  }

  @Override
  public void onWeird(
      Weird weird, String name, String detail, MemorySegment segment, @Nullable Headers headers) {
    if (headers == null) {
      dispatcher.weirds().ofNobody(name, detail, weird.source());
      return;
    }
    PacketWeirds.note(dispatcher.weirds(), name, detail, weird.source(), segment, headers);
  }
}
