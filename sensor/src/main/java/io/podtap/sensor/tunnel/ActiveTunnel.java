package io.podtap.sensor.tunnel;

import io.podtap.sensor.flow.Flow;
import org.jspecify.annotations.Nullable;

/** One tunnel: linked from its flow, and in the recorder's list while it is in use. */
public final class ActiveTunnel {

  final Flow ends;
  final String type;

  /** Whether it was discovered and neither closed nor expired since. */
  boolean listed;

  private boolean originatorHeard;
  private boolean responderHeard;

  long usedNs;
  @Nullable ActiveTunnel older;
  @Nullable ActiveTunnel newer;

  /**
   * @param flow whose packets carry others; may be used for another flow later
   * @param type as Zeek names it: {@code Tunnel::VXLAN}
   */
  public ActiveTunnel(Flow flow, String type) {
    this.ends = flow.identity();
    this.type = type;
  }

  /**
   * Notes who sent a packet through it.
   *
   * @return whether both ends have by now
   */
  public boolean hear(boolean fromOriginator) {
    originatorHeard |= fromOriginator;
    responderHeard |= !fromOriginator;
    return originatorHeard && responderHeard;
  }
}
