/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.workers;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Udp;
import io.podtap.sensor.flow.PacketEnds;
import java.lang.foreign.MemorySegment;

/**
 * Chooses a worker by the two addresses of the outermost IP header, whichever way round.
 *
 * <p>By addresses and not by ports: fragments after the first have none, and what two hosts do
 * belongs together (FTP's data connections, files in ranges, proxies). Two kinds of frames go to
 * the first worker: those without an IP header, and DHCP, whose addresses change within one
 * exchange. No allocation. One thread.
 */
public final class WorkerSelection {

  private static final int DHCP_SERVER = 67;
  private static final int DHCP_CLIENT = 68;
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private final Headers headers = new Headers();
  private final int workers;

  /**
   * @param workers how many there are, at least 1
   */
  public WorkerSelection(int workers) {
    this.workers = workers;
  }

  /** Returns the worker of this frame, counted from zero. */
  public int worker(Frame frame) {
    MemorySegment segment = frame.segment();
    headers.locate(segment, frame.offset(), frame.length(), frame.linkType());
    if (headers.ipVersion() == 0 || isDhcp(segment)) {
      return 0;
    }
    long ip = headers.ipOffset();
    long hash = headers.ipVersion() == 4 ? ipv4(segment, ip) : ipv6(segment);
    hash = (hash ^ (hash >>> 32)) * MULTIPLIER;
    return (int) (((hash >>> 32) * workers) >>> 32);
  }

  private static long ipv4(MemorySegment segment, long ip) {
    return pair(Ipv4.source(segment, ip), Ipv4.destination(segment, ip));
  }

  private long ipv6(MemorySegment segment) {
    long source = PacketEnds.sourceOffset(segment, headers);
    long destination = PacketEnds.destinationOffset(segment, headers);
    return pair(Bytes.i64(segment, source), Bytes.i64(segment, destination)) * MULTIPLIER
        + pair(Bytes.i64(segment, source + 8), Bytes.i64(segment, destination + 8));
  }

  /** The same for both directions. */
  private static long pair(long a, long b) {
    return (a + b) * MULTIPLIER ^ (a ^ b);
  }

  private boolean isDhcp(MemorySegment segment) {
    long at = headers.transportOffset();
    if (headers.protocol() != IpProtocol.UDP
        || headers.fragmentOffset() != 0
        || at + Udp.HEADER_LENGTH > headers.captureEnd()) {
      return false;
    }
    int port = Udp.destinationPort(segment, at);
    return port == DHCP_SERVER || port == DHCP_CLIENT;
  }
}
