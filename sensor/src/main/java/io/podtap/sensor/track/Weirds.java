package io.podtap.sensor.track;

import io.podtap.core.packet.Headers;
import io.podtap.sensor.flow.Flow;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How often each oddity was met; each is handed on as well. One thread. */
public final class Weirds {

  private final long[] counts = new long[Weird.values().length];
  private final FlowHandler handler;

  Weirds(FlowHandler handler) {
    this.handler = handler;
  }

  /** Counts one of a flow. */
  void add(Weird weird, Flow flow) {
    counts[weird.ordinal()]++;
    handler.onWeird(weird, flow);
  }

  /** Counts one of a packet that belongs to no flow; see {@link FlowHandler#onWeird}. */
  public void add(Weird weird, MemorySegment segment, @Nullable Headers headers) {
    counts[weird.ordinal()]++;
    handler.onWeird(weird, segment, headers);
  }

  /** Returns how often {@code weird} was met. */
  public long count(Weird weird) {
    return counts[weird.ordinal()];
  }

  /** Returns how often each was met, by Zeek's names; what was not met is left out. */
  public Map<String, Long> counts() {
    Map<String, Long> met = new TreeMap<>();
    for (Weird weird : Weird.values()) {
      if (count(weird) > 0) {
        met.put(weird.zeekName(), count(weird));
      }
    }
    return met;
  }
}
