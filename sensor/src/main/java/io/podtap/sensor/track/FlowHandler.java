package io.podtap.sensor.track;

import io.podtap.sensor.flow.Flow;
import java.lang.foreign.MemorySegment;

/** What the tracker tells of its flows, on its thread. */
public interface FlowHandler {

  /**
   * Takes payload of a flow whose {@link Flow#detection} is not {@link #ENOUGH}: a datagram's, or
   * bytes of a stream in their order.
   *
   * @param length bytes at {@code offset}, above 0, all captured
   */
  void onPayload(Flow flow, boolean fromOriginator, MemorySegment segment, long offset, int length);

  /** Takes leave of a flow; its fields are read now or never. */
  void onFlowEnd(Flow flow);

  /** Value of {@link Flow#detection} that asks for no more payload. */
  int ENOUGH = -1;
}
