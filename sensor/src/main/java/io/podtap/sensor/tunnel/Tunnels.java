/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ServiceSet;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Goes from a packet to the packet inside of it: finds the tunnel, notes it, and moves the headers.
 *
 * <p>For each frame {@link #begin}, then for the packet in it and for each one inside {@link
 * #enterIp}, or, with the flow that it belongs to, {@link #follow} and {@link #enterUdp}. One
 * thread; allocates nothing but tunnels.
 */
public final class Tunnels {

  /** The packet carries no other one. */
  public static final long NOT_A_TUNNEL = -1;

  /** The packet carries another one, which is left out. */
  public static final long LEFT_OUT = -2;

  /** Told of what is invalid about tunnels. */
  public interface WeirdHandler {

    /** Takes a weird of the flow that carries a tunnel. */
    void ofFlow(Flow flow, String name, String detail, String source);

    /** Takes a weird of a packet, on which {@code headers} stand in {@code segment}. */
    void ofPacket(
        String name, String detail, String source, MemorySegment segment, Headers headers);
  }

  private final TunnelFinder finder = new TunnelFinder();
  private final TunnelRecorder recorder;
  private final IpTunnels ipTunnels;
  private final TunnelPath path;
  private final int depthMax;
  private final ServiceSet[] services;
  private final WeirdHandler weirds;

  /**
   * @param seed for unique ids; another one than the flows'
   * @param bytesMax heap that tunnels without ports may take
   * @param depthMax tunnels in one another that are entered
   * @param service names a flow that is such a tunnel
   */
  public Tunnels(
      long seed,
      long bytesMax,
      int depthMax,
      TunnelRecorder recorder,
      Function<Tunnel, ServiceSet> service,
      WeirdHandler weirds) {
    this.recorder = recorder;
    this.ipTunnels = new IpTunnels(seed, recorder, bytesMax);
    this.path = new TunnelPath(depthMax + 1, recorder);
    this.depthMax = depthMax;
    Tunnel[] kinds = Tunnel.values();
    this.services = new ServiceSet[kinds.length];
    for (Tunnel kind : kinds) {
      services[kind.ordinal()] = service.apply(kind);
    }
    this.weirds = weirds;
  }

  /**
   * Moves time; tunnels that are out of use end.
   *
   * @param timeNs for records, nanoseconds since 1970
   * @param clockNs by which tunnels end
   */
  public void advance(long timeNs, long clockNs) {
    recorder.advance(timeNs, clockNs);
    ipTunnels.advance(clockNs);
  }

  /** Begins with a packet that came through no tunnel. */
  public void begin() {
    path.clear();
  }

  /**
   * Goes into a packet that belongs to no flow because another packet is its payload: IP in IP, and
   * GRE.
   *
   * @param headers stand on the packet; moved to the one inside if it is entered
   * @return where the packet inside ended on the wire, {@link Long#MAX_VALUE} where that is
   *     unknown; {@link #NOT_A_TUNNEL} or {@link #LEFT_OUT}
   */
  public long enterIp(MemorySegment segment, Headers headers, long clockNs) {
    int protocol = headers.protocol();
    if (protocol != IpProtocol.IPV4 && protocol != IpProtocol.IPV6 && protocol != IpProtocol.GRE) {
      return NOT_A_TUNNEL;
    }
    long at = headers.transportOffset();
    int captured = (int) Math.max(0, captureEnd(headers) - at);
    int length = (int) (headers.ipEnd() - at);
    Tunnel kind = finder.ofIp(protocol, segment, at, length, captured);
    noteWeird(segment, headers, /* flow= */ null);
    return kind == Tunnel.NONE ? NOT_A_TUNNEL : enterIp(kind, segment, headers, clockNs);
  }

  private long enterIp(Tunnel kind, MemorySegment segment, Headers headers, long clockNs) {
    return enter(kind, ipTunnels.of(segment, headers, kind.zeekName(), clockNs), segment, headers);
  }

  /**
   * Notes that the packet belongs to {@code flow}, which may be new or have come another way.
   *
   * @return whether it has now come by more ways than are noted
   */
  public boolean follow(Flow flow) {
    return path.follow(flow);
  }

  /**
   * Goes into a UDP datagram.
   *
   * @param flow of the datagram
   * @param headers stand on the packet; moved to the one inside if it is entered
   * @param captured bytes of the datagram's payload at {@code at}
   * @return as {@link #enterIp(MemorySegment, Headers, long)}
   */
  public long enterUdp(
      Flow flow,
      boolean fromOriginator,
      MemorySegment segment,
      Headers headers,
      long at,
      int captured,
      long clockNs) {
    Tunnel kind = finder.ofUdp(flow.responderPort(), segment, at, captured);
    noteWeird(segment, headers, flow);
    if (kind == Tunnel.NONE) {
      return NOT_A_TUNNEL;
    }
    if (kind == Tunnel.GRE || kind == Tunnel.ERSPAN) {
      return enterIp(kind, segment, headers, clockNs); // between the addresses, whatever the ports
    }
    ActiveTunnel tunnel = of(flow, kind);
    boolean bothHeard = tunnel.hear(fromOriginator);
    if (kind != Tunnel.TEREDO || bothHeard) { // its first bytes say little
      flow.addServices(services[kind.ordinal()]);
    }
    if (finder.isEmpty() || finder.isOpaque()) {
      return NOT_A_TUNNEL;
    }
    if (path.depth() == depthMax) {
      flow.noteLimit();
    }
    return enter(kind, tunnel, segment, headers);
  }

  private static ActiveTunnel of(Flow flow, Tunnel kind) {
    if (flow.tunnel() instanceof ActiveTunnel known) {
      return known;
    }
    ActiveTunnel tunnel = new ActiveTunnel(flow, kind.zeekName());
    flow.tunnel(tunnel);
    return tunnel;
  }

  /** Goes into a tunnel, unless too many are in one another. */
  private long enter(Tunnel kind, ActiveTunnel tunnel, MemorySegment segment, Headers headers) {
    int depth = path.depth();
    path.enter(tunnel);
    if (depth == depthMax) {
      noteWeird(TunnelWeird.depth(kind), "", depth, segment, headers);
      return LEFT_OUT;
    }
    // Who mirrors whole frames may have cut them; other tunnels carry a packet as it is.
    boolean mayBeCut = finder.linkType() == LinkType.ETHERNET;
    long wireEnd = mayBeCut ? Long.MAX_VALUE : headers.ipEnd();
    long at = finder.offset();
    headers.locate(segment, at, (int) (captureEnd(headers) - at), finder.linkType());
    return wireEnd;
  }

  private static long captureEnd(Headers headers) {
    return Math.min(headers.captureEnd(), headers.ipEnd());
  }

  /** Notes what the finder found invalid, of the flow that carries it where Zeek does. */
  private void noteWeird(MemorySegment segment, Headers headers, @Nullable Flow flow) {
    TunnelWeird weird = finder.weird();
    if (weird == null) {
      return;
    }
    if (flow == null || !weird.isOfFlow()) {
      noteWeird(weird, finder.weirdDetail(), path.depth(), segment, headers);
    } else if (!weird.needsConfirmation() || isTeredo(flow)) {
      weirds.ofFlow(flow, weird.name(/* inTunnel= */ false), finder.weirdDetail(), weird.source());
    }
  }

  private boolean isTeredo(Flow flow) {
    return flow.services().intersects(services[Tunnel.TEREDO.ordinal()]);
  }

  private void noteWeird(
      TunnelWeird weird, String detail, int depth, MemorySegment segment, Headers headers) {
    weirds.ofPacket(weird.name(depth > 0), detail, weird.source(), segment, headers);
  }
}
