/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

import io.podtap.sensor.flow.Flow;
import org.jspecify.annotations.Nullable;

/** One tunnel: linked from its flow, and in the recorder's list while it is in use. */
public final class ActiveTunnel {

  final Flow ends;
  final String type;
  final boolean isProxy;

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
    this(flow, type, /* isProxy= */ false);
  }

  /**
   * @param isProxy whether it is made of many connections, and has no id and no port of its own
   */
  ActiveTunnel(Flow flow, String type, boolean isProxy) {
    this.ends = flow.identity();
    this.type = type;
    this.isProxy = isProxy;
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
