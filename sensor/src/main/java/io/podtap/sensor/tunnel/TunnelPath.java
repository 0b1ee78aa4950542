/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

import io.podtap.sensor.flow.Flow;

/**
 * The tunnels that the packet at hand came through, outermost first. Moved from packet to packet;
 * allocates nothing. One thread.
 */
public final class TunnelPath {

  /** Changes of the path that a flow takes note of (Zeek's Tunnel::max_changes_per_connection). */
  private static final int CHANGES_MAX = 5;

  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private final TunnelRecorder recorder;
  private final ActiveTunnel[] tunnels;
  private int depth;
  private long id;

  /**
   * @param depthMax tunnels in one another, at most
   */
  public TunnelPath(int depthMax, TunnelRecorder recorder) {
    this.recorder = recorder;
    this.tunnels = new ActiveTunnel[depthMax];
  }

  /** Begins with a packet that came through none. */
  public void clear() {
    depth = 0;
    id = 0;
  }

  /** Returns how many tunnels the packet came through. */
  public int depth() {
    return depth;
  }

  /** Goes into one more; there must be room. */
  public void enter(ActiveTunnel tunnel) {
    tunnels[depth++] = tunnel;
    id = (id + tunnel.ends.uidLow()) * MULTIPLIER;
  }

  /**
   * Notes that the packet belongs to {@code flow}, which may be new or have come another way.
   *
   * @return whether it has now come by more ways than are noted
   */
  public boolean follow(Flow flow) {
    int changes = flow.takePath(id);
    if (changes >= 0 && changes <= CHANGES_MAX) {
      note(flow);
    } else if (changes == CHANGES_MAX + 1) {
      flow.addHistory('X');
      return true;
    }
    return false;
  }

  private void note(Flow flow) {
    for (int i = 0; i < depth; i++) {
      recorder.use(tunnels[i]);
    }
    if (depth > 0) {
      Flow innermost = tunnels[depth - 1].ends;
      flow.addParent(innermost.uidHigh(), innermost.uidLow());
    }
  }
}
