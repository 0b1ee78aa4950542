/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Headers;
import io.podtap.sensor.flow.Flow;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What the tracker tells of its flows, on its thread. */
public interface FlowHandler {

  /**
   * Takes payload of a flow with {@link Flow#isPayloadWanted}: a datagram's, or bytes of a stream
   * in their order, each once.
   *
   * @param length bytes at {@code offset}, above 0, all captured
   */
  void onPayload(Flow flow, boolean fromOriginator, MemorySegment segment, long offset, int length);

  /** Says that the next {@code length} bytes of a stream that is wanted will never come. */
  void onGap(Flow flow, boolean fromOriginator, long length);

  /** Says that one end of a stream that is wanted has sent all it will send. */
  void onEnd(Flow flow, boolean fromOriginator);

  /** Says that both ends of a TCP connection have shaken hands. */
  default void onEstablished(Flow flow) {}

  /** Says that the responder has refused a TCP connection. */
  default void onRejected(Flow flow) {}

  /** Takes leave of a flow; its fields are read now or never. */
  void onFlowEnd(Flow flow);

  /**
   * Hears of a weird of a flow.
   *
   * @param detail what exactly, or an empty text
   */
  void onWeird(Weird weird, String detail, Flow flow);

  /**
   * Hears of a weird of a packet that belongs to no flow.
   *
   * @param name in weird.log, which says whether the packet came through a tunnel
   * @param detail what exactly, or an empty text
   * @param segment where the packet is
   * @param headers what was found of it, or null when not even addresses are to be trusted
   */
  void onWeird(
      Weird weird, String name, String detail, MemorySegment segment, @Nullable Headers headers);
}
