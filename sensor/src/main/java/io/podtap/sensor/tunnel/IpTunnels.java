/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

import static java.util.concurrent.TimeUnit.HOURS;

import io.podtap.core.packet.Headers;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowKey;
import io.podtap.sensor.flow.FlowTable;
import io.podtap.sensor.flow.UidSource;
import java.lang.foreign.MemorySegment;

/**
 * Tunnels that have no ports and no flow of their own: IP in IP and GRE. There is one between two
 * addresses, whatever it carries, until a day has passed in silence. One thread.
 *
 * @see "Zeek: Tunnel::ip_tunnel_timeout"
 */
public final class IpTunnels {

  /** Tunnels at a time; the most silent one makes room. */
  public static final int TUNNELS_MAX = 1 << 14;

  private static final long INACTIVITY_NS = HOURS.toNanos(24);

  private final FlowKey key;
  private final FlowTable table;

  /**
   * @param seed for unique ids; another one than the flows'
   */
  public IpTunnels(long seed, TunnelRecorder recorder) {
    this(seed, recorder, (long) TUNNELS_MAX * FlowTable.BYTES_PER_FLOW);
  }

  /**
   * As above.
   *
   * @param bytesMax heap that tunnels may take
   */
  public IpTunnels(long seed, TunnelRecorder recorder, long bytesMax) {
    key = new FlowKey(seed);
    table =
        new FlowTable(
            Math.clamp(bytesMax / FlowTable.BYTES_PER_FLOW, 1, TUNNELS_MAX),
            new UidSource(seed),
            new FlowTable.Waker() {
              @Override
              public long onTimer(Flow flow, long nowNs) {
                long deadlineNs = flow.lastNs + INACTIVITY_NS;
                return deadlineNs <= nowNs ? 0 : deadlineNs;
              }

              @Override
              public void onRemove(Flow flow) {
                recorder.close(flow);
              }
            });
  }

  /** Ends the tunnels that have been silent for long. */
  public void advance(long nowNs) {
    table.advance(nowNs);
  }

  /**
   * Returns the tunnel between the two addresses of a packet.
   *
   * @param type if it is new
   */
  public ActiveTunnel of(MemorySegment segment, Headers headers, String type, long nowNs) {
    long ip = headers.ipOffset();
    if (headers.ipVersion() == 4) {
      key.ipv4(segment, ip, /* protocol= */ 0, 0, 0);
    } else {
      key.ipv6(segment, ip, /* protocol= */ 0, 0, 0);
    }
    Flow flow = table.find(key);
    if (flow == null) {
      flow = table.insert(key, nowNs, nowNs + INACTIVITY_NS);
    }
    flow.lastNs = nowNs;
    if (flow.tunnel() instanceof ActiveTunnel known) {
      return known;
    }
    ActiveTunnel tunnel = new ActiveTunnel(flow, type);
    flow.tunnel(tunnel);
    return tunnel;
  }
}
