/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Tcp;
import io.podtap.core.packet.Udp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowKey;
import io.podtap.sensor.flow.FlowTable;
import io.podtap.sensor.flow.IcmpPairs;
import io.podtap.sensor.flow.PacketEnds;
import io.podtap.sensor.flow.UidSource;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Finds the flow of a packet and has it counted there, by Zeek's rules.
 *
 * <p>For each packet: {@link #advance} with the time, {@link PacketCheck} with its headers, then,
 * when it is whole, {@link #track}, which says in the {@link Packet} what became of it. Allocates
 * nothing but flows.
 */
public final class Tracker implements AutoCloseable {

  static final int ICMP_HEADER_LENGTH = 8;

  /** TCP and UDP begin with both ports. */
  private static final int PORTS_LENGTH = 4;

  private static final int MOBILITY_HEADER_LENGTH = 8;
  private static final long BROADCAST_LOW = 0xFFFF_FFFF_FFFFL;
  private static final long REASSEMBLY_BYTES_MAX = 64 << 20;

  /**
   * What a user may set.
   *
   * @param flowsMax flows kept at a time; beyond it the most silent ones are ended
   * @param checkChecksums whether packets whose checksum is wrong are left out
   * @param reassemblyBytesMax memory for bytes of streams that wait for those before them, outside
   *     the heap; what does not fit is a gap to the parsers, and counted
   * @param seed for unique ids and for the order of the table; random in production
   */
  public record Settings(int flowsMax, boolean checkChecksums, long seed, long reassemblyBytesMax) {

    /** As above, with the usual memory for streams. */
    public Settings(int flowsMax, boolean checkChecksums, long seed) {
      this(flowsMax, checkChecksums, seed, REASSEMBLY_BYTES_MAX);
    }

    /** Zeek's behaviour, with as many flows as half of the heap holds and a million at most. */
    public static Settings standard(long seed) {
      long room = Runtime.getRuntime().maxMemory() / (2 * FlowTable.BYTES_PER_FLOW);
      return new Settings(Math.clamp(room, 1_024, 1 << 20), true, seed);
    }
  }

  private final boolean checkChecksums;
  private final ServerPorts serverPorts;
  private final Weirds weirds;
  private final PacketCheck check;
  private final FlowKey key;
  private final FlowTable table;
  private final FlowCounter counter = new FlowCounter();
  private final DatagramTracker datagrams;
  private final TcpTracker tcp;
  private final StreamFeed feed;

  /**
   * @param serverPorts tells the roles apart where the first packet was not seen
   * @param handler told of payload and of flows that end
   */
  public Tracker(Settings settings, ServerPorts serverPorts, FlowHandler handler) {
    this.serverPorts = serverPorts;
    this.checkChecksums = settings.checkChecksums;
    this.weirds = new Weirds(handler);
    this.check = new PacketCheck(settings.checkChecksums, weirds);
    this.feed = new StreamFeed(handler, weirds, settings.reassemblyBytesMax);
    this.key = new FlowKey(settings.seed);
    this.table =
        new FlowTable(
            settings.flowsMax,
            new UidSource(settings.seed),
            new FlowTable.Waker() {
              @Override
              public long onTimer(Flow flow, long nowNs) {
                return timer(flow, nowNs);
              }

              @Override
              public void onRemove(Flow flow) {
                handler.onFlowEnd(flow);
                feed.release(flow.originator());
                feed.release(flow.responder());
              }
            });
    this.datagrams = new DatagramTracker(table, handler, weirds, counter);
    this.tcp = new TcpTracker(table, handler, weirds, feed, counter, serverPorts);
  }

  private static long timer(Flow flow, long nowNs) {
    return flow.protocol() == IpProtocol.TCP
        ? TcpTimers.onTimer(flow, nowNs)
        : DatagramTracker.onTimer(flow, nowNs);
  }

  /** Moves time, which never goes back, and ends the flows that are over by then. */
  public void advance(long clockNs) {
    table.advance(clockNs);
  }

  /** Returns who decides which packets are tracked. */
  public PacketCheck check() {
    return check;
  }

  /**
   * Counts one accepted packet that is no fragment, or the first of a datagram that cannot be made
   * whole.
   *
   * @return the flow, or null when the packet belongs to none
   */
  public @Nullable Flow track(Packet packet) {
    boolean checked = checkChecksums && !packet.checksumsKnown && !packet.isCut();
    return switch (packet.headers.protocol()) {
      case IpProtocol.TCP -> trackTcp(packet, checked);
      case IpProtocol.UDP -> trackUdp(packet, checked);
      case IpProtocol.ICMP, IpProtocol.ICMPV6 -> trackIcmp(packet, checked);
      case IpProtocol.ESP -> null;
      case IpProtocol.MOBILITY -> {
        checkMobility(packet);
        yield null;
      }
      case IpProtocol.NO_NEXT_HEADER -> {
        weirds.add(Weird.NO_NEXT_HEADER, packet.segment, packet.headers);
        yield null;
      }
      default -> trackOther(packet);
    };
  }

  /**
   * Returns the flow of a packet that was counted before, or null when there is none, or none any
   * more. Changes nothing.
   */
  public @Nullable Flow find(Packet packet) {
    int protocol = packet.headers.protocol();
    int needed =
        switch (protocol) {
          case IpProtocol.TCP, IpProtocol.UDP -> PORTS_LENGTH;
          case IpProtocol.ICMP, IpProtocol.ICMPV6 -> ICMP_HEADER_LENGTH;
          default -> 0;
        };
    if (packet.capturedLength < needed) {
      return null;
    }
    switch (protocol) {
      case IpProtocol.TCP, IpProtocol.UDP -> {
        int source = Udp.sourcePort(packet.segment, packet.payloadOffset);
        setKey(packet, source, Udp.destinationPort(packet.segment, packet.payloadOffset));
      }
      case IpProtocol.ICMP, IpProtocol.ICMPV6 -> setIcmpKey(packet);
      default -> setKey(packet, 0, 0);
    }
    return table.find(key);
  }

  /** RFC 6275 section 6.1: a header of its own behind which nothing is to follow. */
  private void checkMobility(Packet packet) {
    if (packet.capturedLength < MOBILITY_HEADER_LENGTH) {
      return;
    }
    if (checkChecksums && !packet.checksumsKnown && packet.isChecksumBad(IpProtocol.MOBILITY)) {
      weirds.add(Weird.BAD_MOBILITY_CHECKSUM, packet.segment, packet.headers);
    } else if (Bytes.u8(packet.segment, packet.payloadOffset) != IpProtocol.NO_NEXT_HEADER) {
      weirds.add(Weird.MOBILITY_PIGGYBACK, packet.segment, packet.headers);
    }
  }

  private @Nullable Flow trackTcp(Packet packet, boolean checked) {
    if (!isHeaderThere(
        packet,
        Tcp.HEADER_LENGTH_MIN,
        Weird.TRUNCATED_TCP_HEADER,
        Weird.INTERNALLY_TRUNCATED_TCP_HEADER)) {
      return null;
    }
    MemorySegment segment = packet.segment;
    long at = packet.payloadOffset;
    int source = Tcp.sourcePort(segment, at);
    int destination = Tcp.destinationPort(segment, at);
    setKey(packet, source, destination);
    Flow flow = table.find(key);
    if (flow != null && tcp.isReuse(flow, segment, at, packet.clockNs)) {
      table.remove(flow);
      flow = null;
    }
    if (flow == null) {
      long firstLookNs = packet.clockNs + Timing.TCP_FIRST_LOOK_NS;
      flow = table.insert(key, packet.timeNs, packet.clockNs, firstLookNs);
      flow.inactivityNs = Timing.TCP_HANDSHAKE_INACTIVITY_NS;
      flow.expireDeadlineNs = firstLookNs;
      if (isTcpBackwards(Tcp.flags(segment, at), source, destination)) {
        flow.exchangeRoles();
      }
    }
    flow.taps().claim(packet.tap);
    int headerLength = Tcp.headerLength(segment, at);
    if (headerLength < Tcp.HEADER_LENGTH_MIN) {
      weirds.add(Weird.BAD_TCP_HEADER_LENGTH, flow);
    } else if (headerLength > packet.payloadLength || headerLength > packet.capturedLength) {
      weirds.add(Weird.TRUNCATED_TCP_HEADER, flow);
    } else if (checked && packet.isChecksumBad(IpProtocol.TCP)) {
      tcp.badChecksum(flow, flow.sender(key));
    } else {
      packet.skip(headerLength);
      tcp.onSegment(flow, flow.sender(key), packet, at);
    }
    return flow;
  }

  /** Guesses from the first packet seen of a connection whether the responder sent it. */
  private boolean isTcpBackwards(int flags, int source, int destination) {
    boolean syn = (flags & Tcp.SYN) != 0;
    boolean ack = (flags & Tcp.ACK) != 0;
    if ((syn && !ack) || isToBroadcast()) {
      return false;
    }
    if (syn) { // of other ports, the next packet tells: see TcpTracker
      return serverPorts.isTcp(source) && !serverPorts.isTcp(destination);
    }
    return serverPorts.isTcp(source) && (!serverPorts.isTcp(destination) || source < destination);
  }

  private @Nullable Flow trackUdp(Packet packet, boolean checked) {
    if (!isHeaderThere(
        packet,
        Udp.HEADER_LENGTH,
        Weird.TRUNCATED_UDP_HEADER,
        Weird.INTERNALLY_TRUNCATED_UDP_HEADER)) {
      return null;
    }
    int source = Udp.sourcePort(packet.segment, packet.payloadOffset);
    int destination = Udp.destinationPort(packet.segment, packet.payloadOffset);
    setKey(packet, source, destination);
    Flow flow = table.find(key);
    if (flow == null) {
      flow = insert(packet, Timing.UDP_INACTIVITY_NS);
      if (serverPorts.isUdp(source) && !serverPorts.isUdp(destination) && !isToBroadcast()) {
        flow.exchangeRoles();
      }
    }
    flow.taps().claim(packet.tap);
    datagrams.onUdp(flow, flow.sender(key), packet, checked);
    return flow;
  }

  private @Nullable Flow trackIcmp(Packet packet, boolean checked) {
    if (!isHeaderThere(
        packet,
        ICMP_HEADER_LENGTH,
        Weird.TRUNCATED_ICMP_HEADER,
        Weird.INTERNALLY_TRUNCATED_ICMP_HEADER)) {
      return null;
    }
    setIcmpKey(packet);
    Flow flow = table.find(key);
    if (flow == null) {
      flow = insert(packet, Timing.ICMP_INACTIVITY_NS);
    }
    flow.taps().claim(packet.tap);
    datagrams.onIcmp(flow, flow.sender(key), packet, checked);
    return flow;
  }

  private Flow trackOther(Packet packet) {
    setKey(packet, 0, 0);
    Flow flow = table.find(key);
    if (flow == null) {
      flow = insert(packet, Timing.UNKNOWN_INACTIVITY_NS);
    }
    flow.taps().claim(packet.tap);
    datagrams.onOther(flow, flow.sender(key), packet);
    return flow;
  }

  private Flow insert(Packet packet, long inactivityNs) {
    Flow flow = table.insert(key, packet.timeNs, packet.clockNs, packet.clockNs + inactivityNs);
    flow.inactivityNs = inactivityNs;
    return flow;
  }

  private boolean isHeaderThere(Packet packet, int length, Weird truncated, Weird internally) {
    if (packet.payloadLength < length) {
      weirds.add(truncated, packet.segment, packet.headers);
      return false;
    }
    if (packet.capturedLength < length) {
      weirds.add(internally, packet.segment, packet.headers);
      return false;
    }
    return true;
  }

  private void setKey(Packet packet, int sourcePort, int destinationPort) {
    Headers at = packet.headers;
    if (at.ipVersion() == 4) {
      key.ipv4(packet.segment, at.ipOffset(), at.protocol(), sourcePort, destinationPort);
    } else {
      key.ipv6Ends(
          packet.segment,
          PacketEnds.sourceOffset(packet.segment, at),
          PacketEnds.destinationOffset(packet.segment, at),
          at.protocol(),
          sourcePort,
          destinationPort);
    }
  }

  private void setIcmpKey(Packet packet) {
    int type = Bytes.u8(packet.segment, packet.payloadOffset);
    int counterpart = IcmpPairs.counterpart(packet.headers.protocol(), type);
    if (counterpart == IcmpPairs.NONE) {
      setKey(packet, type, Bytes.u8(packet.segment, packet.payloadOffset + 1));
      key.oneWay();
    } else {
      setKey(packet, type, counterpart);
    }
  }

  private boolean isToBroadcast() {
    return key.isDestination(0, BROADCAST_LOW);
  }

  /** Returns acknowledgments of new data on connections that were seen from their beginning. */
  public long acknowledgments() {
    return tcp.data().acknowledgments();
  }

  /** Returns how many of those were for data that was not seen. */
  public long gapAcknowledgments() {
    return tcp.data().gapAcknowledgments();
  }

  /** Returns packets that were counted though bytes at their end were cut. */
  public long cutPackets() {
    return counter.cutPackets();
  }

  /** Returns how many bytes those packets had lost. */
  public long cutBytes() {
    return counter.cutBytes();
  }

  /** Returns bytes of streams that one end alone sent too many of ahead of a hole to keep. */
  public long endFullBytes() {
    return feed.endFullBytes();
  }

  /** Returns bytes of streams that were not kept for want of memory for all flows together. */
  public long poolFullBytes() {
    return feed.poolFullBytes();
  }

  /** Returns bytes set aside for streams that wait for bytes that are missing. */
  public long reassemblyBytes() {
    return feed.bytesUsed();
  }

  /** Ends every flow: the capture is over, or the sensor stops. */
  @Override
  public void close() {
    table.drain();
    feed.close();
  }

  /** Returns the oddities met so far. */
  public Weirds weirds() {
    return weirds;
  }

  /** Returns the flows. */
  public FlowTable table() {
    return table;
  }

  /** Returns bytes that are set aside for what waits. */
  public long heldBytes() {
    return feed.bytesUsed();
  }
}
