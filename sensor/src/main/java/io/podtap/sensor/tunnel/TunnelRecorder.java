/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

import static java.util.concurrent.TimeUnit.HOURS;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code tunnel.log}. Tunnels in use are a list, the one that a flow began to use last at
 * its end, so that time finds those that are out of use at its front. One thread.
 */
public final class TunnelRecorder {

  /** Without a new flow inside for so long a tunnel is out of use (Zeek's default). */
  public static final long EXPIRATION_NS = HOURS.toNanos(1);

  private static final String DISCOVER = "Tunnel::DISCOVER";
  private static final String CLOSE = "Tunnel::CLOSE";
  private static final String EXPIRE = "Tunnel::EXPIRE";

  /** Proxies that are remembered; what comes beyond is noted each time. */
  private static final int PROXIES_MAX = 1 << 14;

  /** Heap of one: its key, its place, the tunnel, its copy of the flow's name. */
  private static final long PROXY_BYTES = 768;

  private record ProxyKey(
      long clientHigh, long clientLow, long proxyHigh, long proxyLow, int port) {}

  private final LogStream<TunnelLog.Row> log;
  private final Map<ProxyKey, ActiveTunnel> proxies = new HashMap<>();
  private @Nullable ActiveTunnel oldest;
  private @Nullable ActiveTunnel newest;
  private long timeNs;
  private long clockNs;

  private final int proxiesMax;

  /** Makes the one of an analysis, which opens the log. */
  public TunnelRecorder(LogSink sink) {
    this(sink, PROXIES_MAX * PROXY_BYTES);
  }

  /**
   * As above.
   *
   * @param bytesMax heap that proxies may take
   */
  public TunnelRecorder(LogSink sink, long bytesMax) {
    proxiesMax = Math.clamp(bytesMax / PROXY_BYTES, 1, PROXIES_MAX);
    log = sink.open(TunnelLog.schema());
  }

  /**
   * Moves time; tunnels out of use expire.
   *
   * @param timeNs when the packet at hand was captured: for records
   * @param clockNs the time by which tunnels expire
   */
  public void advance(long timeNs, long clockNs) {
    this.timeNs = timeNs;
    this.clockNs = clockNs;
    while (oldest != null && clockNs - oldest.usedNs >= EXPIRATION_NS) {
      end(oldest, EXPIRE);
    }
  }

  /** Notes that a flow begins to use a tunnel. */
  public void use(ActiveTunnel tunnel) {
    if (tunnel.listed) {
      unlink(tunnel);
    } else {
      write(tunnel, DISCOVER);
    }
    link(tunnel);
  }

  /** Notes that a flow is over, which may be a tunnel. */
  public void close(Flow flow) {
    if (flow.tunnel() instanceof ActiveTunnel tunnel && tunnel.listed) {
      end(tunnel, CLOSE);
    }
  }

  /**
   * Notes that a connection's responder was asked to carry on to somewhere else: all connections
   * from the one to the other are one tunnel.
   */
  public void discoverProxy(Flow flow, String type) {
    ProxyKey key =
        new ProxyKey(
            flow.originatorHigh(),
            flow.originatorLow(),
            flow.responderHigh(),
            flow.responderLow(),
            flow.responderPort());
    ActiveTunnel known = proxies.get(key);
    if (known != null && known.listed) {
      use(known);
      return;
    }
    ActiveTunnel tunnel = new ActiveTunnel(flow, type, /* isProxy= */ true);
    if (proxies.size() >= proxiesMax) {
      proxies.values().removeIf(proxy -> !proxy.listed);
    }
    if (proxies.size() < proxiesMax) {
      proxies.put(key, tunnel);
      use(tunnel);
    } else {
      write(tunnel, DISCOVER);
    }
  }

  private void end(ActiveTunnel tunnel, String action) {
    unlink(tunnel);
    tunnel.listed = false;
    write(tunnel, action);
  }

  private void write(ActiveTunnel tunnel, String action) {
    log.write(new TunnelLog.Row(timeNs, tunnel.ends, tunnel.isProxy, tunnel.type, action));
  }

  private void link(ActiveTunnel tunnel) {
    tunnel.listed = true;
    tunnel.usedNs = clockNs;
    tunnel.older = newest;
    if (newest == null) {
      oldest = tunnel;
    } else {
      newest.newer = tunnel;
    }
    newest = tunnel;
  }

  private void unlink(ActiveTunnel tunnel) {
    ActiveTunnel before = tunnel.older;
    ActiveTunnel after = tunnel.newer;
    if (before == null) {
      oldest = after;
    } else {
      before.newer = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.older = before;
    }
    tunnel.older = null;
    tunnel.newer = null;
  }
}
