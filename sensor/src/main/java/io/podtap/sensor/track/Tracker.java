package io.podtap.sensor.track;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.Tcp;
import io.podtap.core.packet.Udp;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import io.podtap.sensor.flow.FlowKey;
import io.podtap.sensor.flow.FlowTable;
import io.podtap.sensor.flow.IcmpPairs;
import io.podtap.sensor.flow.UidSource;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Finds the flow of a packet and counts it there, by Zeek's rules.
 *
 * <p>For each packet: {@link #advance} with its time, {@link #accept} with its headers, then, when
 * it is whole, {@link #track}. Allocates nothing but flows.
 */
public final class Tracker implements AutoCloseable {

  private static final int ICMP_HEADER_LENGTH = 8;

  /** Tags that a record can hold. */
  private static final int VLAN_TAGS_KEPT = 2;

  private static final int UDP_DATA = 1;
  private static final int RESPONDER_SHIFT = 16;
  private static final long BROADCAST_LOW = 0xFFFF_FFFF_FFFFL;
  private static final int SCALE = 10;
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
  private final FlowHandler handler;
  private final Weirds weirds;
  private final FlowKey key;
  private final FlowTable table;
  private final TcpTracker tcp;
  private final StreamFeed feed;

  /** The packet at hand. */
  private MemorySegment segment = MemorySegment.NULL;

  private long nowNs;
  private int ipLength;
  private long payloadOffset;
  private int payloadLength;
  private int capturedLength;
  private boolean counted;
  private boolean fromOriginator;

  /**
   * @param handler told of payload and of flows that end
   */
  public Tracker(Settings settings, FlowHandler handler) {
    this.checkChecksums = settings.checkChecksums;
    this.handler = handler;
    this.weirds = new Weirds(handler);
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
    this.tcp = new TcpTracker(table, handler, weirds, feed);
  }

  private static long timer(Flow flow, long nowNs) {
    if (flow.protocol() == IpProtocol.TCP) {
      return TcpTracker.onTimer(flow, nowNs);
    }
    long deadlineNs = flow.lastNs + flow.inactivityNs;
    return deadlineNs <= nowNs ? 0 : deadlineNs;
  }

  /** Moves time to that of the next packet and ends the flows that are over by then. */
  public void advance(long nowNs) {
    table.advance(nowNs);
  }

  /**
   * Decides whether the IP header is to be believed; counts why not.
   *
   * @param wireEnd where the frame ended on the wire, before a capture cut it
   * @param checksumsKnown whether the checksums are vouched for, or not filled in yet
   */
  public boolean accept(
      MemorySegment segment, Headers headers, long wireEnd, boolean checksumsKnown) {
    if (headers.vlanTagCount() > VLAN_TAGS_KEPT) {
      weirds.add(Weird.TRIPLE_TAGGED, segment, /* headers= */ null);
    }
    if (headers.ipVersion() == 0) {
      weirds.add(problem(headers.problem()), segment, /* headers= */ null);
      return false;
    }
    switch (headers.problem()) {
      case BAD_IP_TOTAL_LENGTH -> {
        weirds.add(Weird.INVALID_IP_HEADER_SIZE, segment, /* headers= */ null);
        return false;
      }
      case TRUNCATED_EXTENSION_HEADER, TOO_MANY_EXTENSION_HEADERS -> {
        weirds.add(Weird.TRUNCATED_EXTENSION_HEADER, segment, /* headers= */ null);
        return false;
      }
      default -> {}
    }
    long ip = headers.ipOffset();
    boolean ipv4 = headers.ipVersion() == 4;
    if (ipv4 && Ipv4.totalLength(segment, ip) == 0) {
      weirds.add(Weird.IP_HEADER_LENGTH_ZERO, segment, /* headers= */ null);
      if (checkChecksums) {
        return false;
      }
    }
    if (headers.ipEnd() > wireEnd) {
      weirds.add(Weird.TRUNCATED_IP_LENGTH, segment, /* headers= */ null);
      return false;
    }
    if (ipv4
        && checkChecksums
        && !checksumsKnown
        && Checksum.finish(Checksum.sum(segment, ip, headers.ipHeaderLength())) != 0) {
      weirds.add(Weird.BAD_IP_CHECKSUM, segment, headers);
      return false;
    }
    return true;
  }

  private static Weird problem(Headers.Problem problem) {
    return switch (problem) {
      case UNKNOWN_LINK_TYPE -> Weird.UNKNOWN_LINK_TYPE;
      case TRUNCATED_LINK_HEADER, TOO_MANY_TAGS -> Weird.TRUNCATED_LINK_HEADER;
      case BAD_IP_VERSION -> Weird.UNKNOWN_IP_VERSION;
      case BAD_IP_HEADER_LENGTH -> Weird.INVALID_IP_HEADER_SIZE;
      case NOT_IP -> Weird.NOT_IP;
      default -> Weird.TRUNCATED_IP;
    };
  }

  /** Decides whether a fragment that cannot be put together is counted: the first one is. */
  public boolean isWorthTracking(MemorySegment segment, Headers headers) {
    if (headers.ipEnd() <= headers.captureEnd()) {
      return false; // it waits for the others
    }
    weirds.add(Weird.INCOMPLETELY_CAPTURED_FRAGMENT, segment, headers);
    return headers.fragmentOffset() == 0;
  }

  /**
   * Counts one accepted packet that is no fragment, or the first of a datagram that cannot be made
   * whole.
   *
   * @param tap who sent it, or {@link Flow#NO_TAP}; a flow counts the packets of one tap
   * @return the flow, or null when the packet belongs to none
   */
  public @Nullable Flow track(
      MemorySegment segment, Headers headers, long nowNs, int tap, boolean checksumsKnown) {
    this.segment = segment;
    this.nowNs = nowNs;
    counted = false;
    long at = headers.transportOffset();
    long captureEnd = Math.min(headers.captureEnd(), headers.ipEnd());
    ipLength = ipLength(segment, headers);
    payloadOffset = at;
    payloadLength = (int) (headers.ipEnd() - at);
    capturedLength = (int) (captureEnd - at);
    boolean check = checkChecksums && !checksumsKnown && capturedLength >= payloadLength;
    return switch (headers.protocol()) {
      case IpProtocol.TCP -> trackTcp(headers, tap, check);
      case IpProtocol.UDP -> trackUdp(headers, tap, check);
      case IpProtocol.ICMP, IpProtocol.ICMPV6 -> trackIcmp(headers, tap, check);
      case IpProtocol.ESP, IpProtocol.MOBILITY -> null;
      case IpProtocol.NO_NEXT_HEADER -> {
        weirds.add(Weird.NO_NEXT_HEADER, segment, headers);
        yield null;
      }
      default -> trackOther(headers, tap);
    };
  }

  /**
   * Returns the packet's own word for its length. A length of zero means the frame's length to TCP
   * and UDP alone, whose segments an offload may leave uncut.
   */
  private static int ipLength(MemorySegment segment, Headers headers) {
    boolean empty =
        headers.ipVersion() == 6
            && Ipv6.payloadLength(segment, headers.ipOffset()) == 0
            && headers.protocol() != IpProtocol.TCP
            && headers.protocol() != IpProtocol.UDP;
    return empty ? Ipv6.HEADER_LENGTH : (int) (headers.ipEnd() - headers.ipOffset());
  }

  private @Nullable Flow trackTcp(Headers headers, int tap, boolean check) {
    long at = payloadOffset;
    if (!isHeaderThere(headers, Tcp.HEADER_LENGTH_MIN)) {
      return null;
    }
    setKey(headers, Tcp.sourcePort(segment, at), Tcp.destinationPort(segment, at));
    Flow flow = table.find(key);
    if (flow != null && tap == flow.tap() && tcp.isReuse(flow, segment, at, nowNs)) {
      table.remove(flow);
      flow = null;
    }
    if (flow == null) {
      flow = table.insert(key, nowNs, nowNs + Timing.TCP_FIRST_LOOK_NS);
      flow.inactivityNs = Timing.TCP_HANDSHAKE_INACTIVITY_NS;
      flow.expireDeadlineNs = nowNs + Timing.TCP_FIRST_LOOK_NS;
      if (isTcpBackwards(Tcp.flags(segment, at), at)) {
        flow.exchangeRoles();
      }
    }
    if (!flow.claim(tap)) {
      return flow;
    }
    int headerLength = Tcp.headerLength(segment, at);
    if (headerLength < Tcp.HEADER_LENGTH_MIN) {
      weirds.add(Weird.BAD_TCP_HEADER_LENGTH, flow);
      return flow;
    }
    if (headerLength > payloadLength || headerLength > capturedLength) {
      weirds.add(Weird.TRUNCATED_HEADER, flow);
      return flow;
    }
    FlowEnd end = flow.isFromOriginator(key) ? flow.originator() : flow.responder();
    if (check && isChecksumBad(headers, IpProtocol.TCP)) {
      tcp.badChecksum(flow, end);
      return flow;
    }
    payloadOffset += headerLength;
    payloadLength -= headerLength;
    capturedLength -= headerLength;
    tcp.onSegment(flow, end, segment, at, payloadOffset, payloadLength, capturedLength, nowNs);
    count(end);
    return flow;
  }

  /** Guesses from the first packet seen of a connection whether the responder sent it. */
  private boolean isTcpBackwards(int flags, long at) {
    boolean syn = (flags & Tcp.SYN) != 0;
    boolean ack = (flags & Tcp.ACK) != 0;
    if ((syn && !ack) || isToBroadcast()) {
      return false;
    }
    if (syn) {
      return true;
    }
    int source = Tcp.sourcePort(segment, at);
    int destination = Tcp.destinationPort(segment, at);
    return ServerPorts.isTcp(source) && (!ServerPorts.isTcp(destination) || source < destination);
  }

  private @Nullable Flow trackUdp(Headers headers, int tap, boolean check) {
    long at = payloadOffset;
    if (!isHeaderThere(headers, Udp.HEADER_LENGTH)) {
      return null;
    }
    int source = Udp.sourcePort(segment, at);
    int destination = Udp.destinationPort(segment, at);
    setKey(headers, source, destination);
    Flow flow = table.find(key);
    if (flow == null) {
      flow = insert(Timing.UDP_INACTIVITY_NS);
      if (ServerPorts.isUdp(source) && !ServerPorts.isUdp(destination) && !isToBroadcast()) {
        flow.exchangeRoles();
      }
    }
    if (!flow.claim(tap)) {
      return flow;
    }
    fromOriginator = flow.isFromOriginator(key);
    FlowEnd end = fromOriginator ? flow.originator() : flow.responder();
    boolean unchecked = headers.ipVersion() == 4 && Udp.checksum(segment, at) == 0;
    if (check && !unchecked && isChecksumBad(headers, IpProtocol.UDP)) {
      weirds.add(Weird.BAD_UDP_CHECKSUM, flow);
      if (++end.checksumErrors == end.checksumErrorsNext) {
        end.checksumErrorsNext *= SCALE;
        flow.addHistory(fromOriginator ? 'C' : 'c');
      }
      return flow;
    }
    int length = Udp.length(segment, at);
    if (length != payloadLength) {
      weirds.add(Weird.UDP_LENGTH_MISMATCH, flow);
    }
    flow.lastNs = nowNs;
    int bit = fromOriginator ? UDP_DATA : UDP_DATA << RESPONDER_SHIFT;
    if ((flow.historySeen & bit) == 0) {
      flow.historySeen |= bit;
      flow.addHistory(fromOriginator ? 'D' : 'd');
    }
    end.payloadBytes = Math.max(end.payloadBytes, 0) + Math.max(length - Udp.HEADER_LENGTH, 0);
    count(end);
    payloadOffset += Udp.HEADER_LENGTH;
    payloadLength -= Udp.HEADER_LENGTH;
    capturedLength -= Udp.HEADER_LENGTH;
    if (flow.payloadWanted && capturedLength > 0) {
      handler.onPayload(
          flow, fromOriginator, segment, payloadOffset, Math.min(capturedLength, payloadLength));
    }
    return flow;
  }

  private @Nullable Flow trackIcmp(Headers headers, int tap, boolean check) {
    long at = payloadOffset;
    if (!isHeaderThere(headers, ICMP_HEADER_LENGTH)) {
      return null;
    }
    int protocol = headers.protocol();
    int type = Bytes.u8(segment, at);
    int counterpart = IcmpPairs.counterpart(protocol, type);
    if (counterpart == IcmpPairs.NONE) {
      setKey(headers, type, Bytes.u8(segment, at + 1));
      key.oneWay();
    } else {
      setKey(headers, type, counterpart);
    }
    Flow flow = table.find(key);
    if (flow == null) {
      flow = insert(Timing.ICMP_INACTIVITY_NS);
    }
    if (!flow.claim(tap)) {
      return flow;
    }
    if (check && isChecksumBad(headers, protocol)) {
      weirds.add(Weird.BAD_ICMP_CHECKSUM, flow);
      return flow;
    }
    flow.lastNs = nowNs;
    FlowEnd end = flow.isFromOriginator(key) ? flow.originator() : flow.responder();
    end.payloadBytes = Math.max(end.payloadBytes, 0) + payloadLength - ICMP_HEADER_LENGTH;
    count(end);
    if (protocol == IpProtocol.ICMPV6
        && type == MulticastReport.TYPE
        && !MulticastReport.isWhole(segment, at, payloadLength, capturedLength)) {
      weirds.add(Weird.TRUNCATED_MULTICAST_REPORT, flow);
    }
    return flow;
  }

  private Flow trackOther(Headers headers, int tap) {
    setKey(headers, 0, 0);
    Flow flow = table.find(key);
    if (flow == null) {
      flow = insert(Timing.UNKNOWN_INACTIVITY_NS);
    }
    if (flow.claim(tap)) {
      flow.lastNs = nowNs;
      count(flow.isFromOriginator(key) ? flow.originator() : flow.responder());
    }
    return flow;
  }

  private Flow insert(long inactivityNs) {
    Flow flow = table.insert(key, nowNs, nowNs + inactivityNs);
    flow.inactivityNs = inactivityNs;
    return flow;
  }

  private boolean isHeaderThere(Headers headers, int length) {
    if (payloadLength < length) {
      weirds.add(Weird.TRUNCATED_HEADER, segment, headers);
      return false;
    }
    if (capturedLength < length) {
      weirds.add(Weird.INTERNALLY_TRUNCATED_HEADER, segment, headers);
      return false;
    }
    return true;
  }

  private void setKey(Headers headers, int sourcePort, int destinationPort) {
    if (headers.ipVersion() == 4) {
      key.ipv4(segment, headers.ipOffset(), headers.protocol(), sourcePort, destinationPort);
    } else {
      key.ipv6(segment, headers.ipOffset(), headers.protocol(), sourcePort, destinationPort);
    }
  }

  private boolean isToBroadcast() {
    return key.isDestination(0, BROADCAST_LOW);
  }

  private boolean isChecksumBad(Headers headers, int protocol) {
    long sum = Checksum.sum(segment, payloadOffset, payloadLength);
    if (protocol != IpProtocol.ICMP) {
      long ip = headers.ipOffset();
      sum +=
          headers.ipVersion() == 4
              ? Checksum.pseudoIpv4(segment, ip, protocol, payloadLength)
              : Checksum.pseudoIpv6(segment, ip, protocol, payloadLength);
    }
    return Checksum.finish(sum) != 0;
  }

  private void count(FlowEnd end) {
    end.packets++;
    end.ipBytes += ipLength;
    counted = true;
  }

  /** Returns whether the last packet was counted, and its payload may be looked into. */
  public boolean isCounted() {
    return counted;
  }

  /** Returns whether the originator sent the last datagram of UDP. */
  public boolean isFromOriginator() {
    return fromOriginator;
  }

  /** Returns where the last packet's payload begins, when it was counted. */
  public long payloadOffset() {
    return payloadOffset;
  }

  /** Returns how many bytes of payload the last packet has, captured, when it was counted. */
  public int payloadCaptured() {
    return Math.min(payloadLength, capturedLength);
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
