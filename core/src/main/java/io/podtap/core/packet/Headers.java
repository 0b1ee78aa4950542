/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * Where the headers of one frame stand: found in one walk over link layer, VLAN tags, IP with its
 * extension headers and the transport header.
 *
 * <p>Never reads outside the captured bytes and never throws on bad input: {@link #problem()} names
 * what is wrong, and everything located before the problem stays valid. Reused; no allocation. One
 * thread.
 *
 * @see "RFC 791; RFC 8200 section 4; IEEE 802.1Q"
 */
public final class Headers {

  /** What a walk may find wrong. */
  public enum Problem {
    NONE,
    TRUNCATED_LINK_HEADER,
    UNKNOWN_LINK_TYPE,
    TOO_MANY_TAGS,
    NOT_IP,
    TRUNCATED_IP_HEADER,
    BAD_IP_VERSION,
    BAD_IP_HEADER_LENGTH,
    BAD_IP_TOTAL_LENGTH,
    TRUNCATED_EXTENSION_HEADER,
    TOO_MANY_EXTENSION_HEADERS,
    TRUNCATED_TRANSPORT_HEADER,
    BAD_TCP_HEADER_LENGTH,
    BAD_UDP_LENGTH
  }

  /** Link-layer tags (VLAN, MPLS labels) walked over before giving up. */
  private static final int TAGS_MAX = 8;

  private static final int EXTENSION_HEADERS_MAX = 16;
  private static final int SLL_HEADER_LENGTH = 16;
  private static final int SLL2_HEADER_LENGTH = 20;
  private static final int NULL_HEADER_LENGTH = 4;

  private Problem problem = Problem.NONE;
  private long start;
  private long end;
  private int linkType;
  private int sessionExcess;
  private int etherType;
  private int vlanTagCount;
  private int vlanId;
  private int innerVlanId;
  private long ipOffset;
  private int ipVersion;
  private int ipHeaderLength;
  private long ipEnd;
  private int protocol;
  private int fragmentOffset;
  private boolean moreFragments;
  private long fragmentHeaderOffset;
  private long transportOffset;
  private int transportHeaderLength;
  private int sourcePort;
  private int destinationPort;

  /**
   * Walks the frame of {@code length} captured bytes at {@code offset}.
   *
   * @param linkType one of {@link LinkType}
   * @return this, positioned
   */
  public Headers locate(MemorySegment segment, long offset, int length, int linkType) {
    reset(offset, length);
    this.linkType = linkType;
    switch (linkType) {
      case LinkType.ETHERNET -> locateEthernet(segment);
      case LinkType.RAW, LinkType.RAW_BSD, LinkType.RAW_OPENBSD, LinkType.IPV4, LinkType.IPV6 ->
          locateByVersion(segment, start);
      case LinkType.NULL, LinkType.LOOP -> {
        if (length < NULL_HEADER_LENGTH) {
          problem = Problem.TRUNCATED_LINK_HEADER;
        } else {
          locateByVersion(segment, start + NULL_HEADER_LENGTH);
        }
      }
      case LinkType.LINUX_SLL -> {
        if (length < SLL_HEADER_LENGTH) {
          problem = Problem.TRUNCATED_LINK_HEADER;
        } else {
          locateType(segment, Bytes.u16(segment, start + 14), start + SLL_HEADER_LENGTH);
        }
      }
      case LinkType.LINUX_SLL2 -> {
        if (length < SLL2_HEADER_LENGTH) {
          problem = Problem.TRUNCATED_LINK_HEADER;
        } else {
          locateType(segment, Bytes.u16(segment, start), start + SLL2_HEADER_LENGTH);
        }
      }
      default -> {
        long step = LinkHeaders.link(segment, linkType, start, end);
        if (step >= 0) {
          locateType(segment, LinkHeaders.type(step), start + LinkHeaders.bytes(step));
        } else {
          problem =
              step == LinkHeaders.TRUNCATED
                  ? Problem.TRUNCATED_LINK_HEADER
                  : Problem.UNKNOWN_LINK_TYPE;
        }
      }
    }
    return this;
  }

  /**
   * Walks an IP packet of {@code length} bytes that stands bare at {@code offset} (a tunnel's
   * inside).
   */
  public Headers locateIp(MemorySegment segment, long offset, int length) {
    reset(offset, length);
    locateByVersion(segment, start);
    return this;
  }

  private void reset(long offset, int length) {
    problem = Problem.NONE;
    start = offset;
    end = offset + length;
    linkType = LinkType.RAW;
    sessionExcess = 0;
    etherType = 0;
    vlanTagCount = 0;
    vlanId = 0;
    innerVlanId = 0;
    ipOffset = -1;
    ipVersion = 0;
    ipHeaderLength = 0;
    ipEnd = end;
    protocol = -1;
    fragmentOffset = 0;
    moreFragments = false;
    fragmentHeaderOffset = -1;
    transportOffset = -1;
    transportHeaderLength = 0;
    sourcePort = 0;
    destinationPort = 0;
  }

  private void locateEthernet(MemorySegment segment) {
    if (end - start < Ethernet.HEADER_LENGTH) {
      problem = Problem.TRUNCATED_LINK_HEADER;
      return;
    }
    locateType(segment, Ethernet.type(segment, start), start + Ethernet.HEADER_LENGTH);
  }

  /**
   * Walks over VLAN tags and shims, then into the network layer. {@code at} is the first byte
   * behind the type.
   */
  private void locateType(MemorySegment segment, int firstType, long firstAt) {
    int type = firstType;
    long at = firstAt;
    for (int tags = 0; type != Ethernet.TYPE_IPV4 && type != Ethernet.TYPE_IPV6; tags++) {
      if (tags == TAGS_MAX) {
        problem = Problem.TOO_MANY_TAGS;
        return;
      }
      if (Ethernet.isVlan(type)) {
        if (end - at < Ethernet.VLAN_TAG_LENGTH) {
          problem = Problem.TRUNCATED_LINK_HEADER;
          return;
        }
        noteVlan(Bytes.u16(segment, at) & 0x0FFF);
        type = Bytes.u16(segment, at + 2);
        at += Ethernet.VLAN_TAG_LENGTH;
        continue;
      }
      if (type == Ethernet.TYPE_PPPOE_SESSION && end - at >= LinkHeaders.SESSION_HEADER_LENGTH) {
        clipSession(segment, at);
      }
      long step = LinkHeaders.shim(segment, type, at, end);
      if (step < 0) {
        etherType = type;
        ipOffset = at;
        problem = step == LinkHeaders.TRUNCATED ? Problem.TRUNCATED_LINK_HEADER : Problem.NOT_IP;
        return;
      }
      type = LinkHeaders.type(step);
      at += LinkHeaders.bytes(step);
    }
    etherType = type;
    ipOffset = at;
    if (type == Ethernet.TYPE_IPV4) {
      locateIpv4(segment, at);
    } else {
      locateIpv6(segment, at);
    }
  }

  /** The payload of PPPoE ends where its header says (RFC 2516 section 4), not with the frame. */
  private void clipSession(MemorySegment segment, long at) {
    long payloadEnd = at + LinkHeaders.SESSION_HEADER_LENGTH + Bytes.u16(segment, at + 4);
    sessionExcess = (int) (end - payloadEnd);
    end = Math.min(end, payloadEnd);
  }

  private void noteVlan(int id) {
    if (vlanTagCount == 0) {
      vlanId = id;
    } else if (vlanTagCount == 1) {
      innerVlanId = id;
    }
    vlanTagCount++;
  }

  private void locateByVersion(MemorySegment segment, long at) {
    ipOffset = at;
    if (end - at < 1) {
      problem = Problem.TRUNCATED_IP_HEADER;
      return;
    }
    switch (Ipv4.version(segment, at)) {
      case 4 -> {
        etherType = Ethernet.TYPE_IPV4;
        locateIpv4(segment, at);
      }
      case 6 -> {
        etherType = Ethernet.TYPE_IPV6;
        locateIpv6(segment, at);
      }
      default -> problem = Problem.BAD_IP_VERSION;
    }
  }

  private void locateIpv4(MemorySegment segment, long at) {
    if (end - at < Ipv4.HEADER_LENGTH_MIN) {
      problem = Problem.TRUNCATED_IP_HEADER;
      return;
    }
    if (Ipv4.version(segment, at) != 4) {
      problem = Problem.BAD_IP_VERSION;
      return;
    }
    int headerLength = Ipv4.headerLength(segment, at);
    if (headerLength < Ipv4.HEADER_LENGTH_MIN) {
      problem = Problem.BAD_IP_HEADER_LENGTH;
      return;
    }
    if (end - at < headerLength) {
      problem = Problem.TRUNCATED_IP_HEADER;
      return;
    }
    ipVersion = 4;
    ipHeaderLength = headerLength;
    protocol = Ipv4.protocol(segment, at);
    int total = Ipv4.totalLength(segment, at);
    if (total != 0) { // zero: BIG TCP or TSO, the frame's length counts
      if (total < headerLength) {
        problem = Problem.BAD_IP_TOTAL_LENGTH;
        return;
      }
      ipEnd = at + total;
    }
    int word = Ipv4.fragmentWord(segment, at);
    fragmentOffset = (word & Ipv4.FRAGMENT_OFFSET_MASK) << 3;
    moreFragments = (word & Ipv4.FLAG_MORE_FRAGMENTS) != 0;
    locateTransport(segment, at + headerLength);
  }

  private void locateIpv6(MemorySegment segment, long at) {
    if (end - at < Ipv6.HEADER_LENGTH) {
      problem = Problem.TRUNCATED_IP_HEADER;
      return;
    }
    if (Ipv4.version(segment, at) != 6) {
      problem = Problem.BAD_IP_VERSION;
      return;
    }
    ipVersion = 6;
    ipHeaderLength = Ipv6.HEADER_LENGTH;
    int payload = Ipv6.payloadLength(segment, at);
    if (payload != 0) { // zero: a jumbogram, the frame's length counts
      ipEnd = at + Ipv6.HEADER_LENGTH + payload;
    }
    protocol = Ipv6.nextHeader(segment, at);
    long next = walkExtensions(segment, at + Ipv6.HEADER_LENGTH);
    if (problem == Problem.NONE) {
      ipHeaderLength = (int) (next - at);
      locateTransport(segment, next);
    }
  }

  private long walkExtensions(MemorySegment segment, long first) {
    long at = first;
    for (int count = 0; IpProtocol.isExtension(protocol); count++) {
      if (count == EXTENSION_HEADERS_MAX) {
        problem = Problem.TOO_MANY_EXTENSION_HEADERS;
        return at;
      }
      if (end - at < 8) {
        problem = Problem.TRUNCATED_EXTENSION_HEADER;
        return at;
      }
      int length =
          switch (protocol) {
            case IpProtocol.FRAGMENT -> {
              int word = Bytes.u16(segment, at + 2);
              fragmentOffset = word & 0xFFF8;
              moreFragments = (word & 1) != 0;
              fragmentHeaderOffset = at;
              yield Ipv6.FRAGMENT_HEADER_LENGTH;
            }
            case IpProtocol.AUTHENTICATION -> (Bytes.u8(segment, at + 1) + 2) << 2;
            default -> (Bytes.u8(segment, at + 1) + 1) << 3;
          };
      if (end - at < length) {
        problem = Problem.TRUNCATED_EXTENSION_HEADER;
        return at;
      }
      protocol = Bytes.u8(segment, at);
      at += length;
      if (fragmentOffset != 0) {
        return at; // what follows is not the start of a header
      }
    }
    return at;
  }

  private void locateTransport(MemorySegment segment, long at) {
    transportOffset = at;
    if (fragmentOffset != 0) {
      return;
    }
    long limit = Math.min(end, ipEnd);
    switch (protocol) {
      case IpProtocol.TCP -> {
        if (limit - at < Tcp.HEADER_LENGTH_MIN) {
          problem = Problem.TRUNCATED_TRANSPORT_HEADER;
          return;
        }
        sourcePort = Tcp.sourcePort(segment, at);
        destinationPort = Tcp.destinationPort(segment, at);
        int headerLength = Tcp.headerLength(segment, at);
        if (headerLength < Tcp.HEADER_LENGTH_MIN) {
          problem = Problem.BAD_TCP_HEADER_LENGTH;
        } else if (limit - at < headerLength) {
          problem = Problem.TRUNCATED_TRANSPORT_HEADER;
        } else {
          transportHeaderLength = headerLength;
        }
      }
      case IpProtocol.UDP -> {
        if (limit - at < Udp.HEADER_LENGTH) {
          problem = Problem.TRUNCATED_TRANSPORT_HEADER;
          return;
        }
        sourcePort = Udp.sourcePort(segment, at);
        destinationPort = Udp.destinationPort(segment, at);
        transportHeaderLength = Udp.HEADER_LENGTH;
        int length = Udp.length(segment, at);
        if (length != 0 && length < Udp.HEADER_LENGTH) {
          problem = Problem.BAD_UDP_LENGTH;
        }
      }
      default -> {}
    }
  }

  /** Returns what stopped the walk, or {@link Problem#NONE}. */
  public Problem problem() {
    return problem;
  }

  /** Returns where the frame begins. */
  public long start() {
    return start;
  }

  /** Returns how the frame begins, one of {@link LinkType}. */
  public int linkType() {
    return linkType;
  }

  /** Returns bytes behind the payload of PPPoE; below 0 where it says that it is longer. */
  public int sessionExcess() {
    return sessionExcess;
  }

  /** Returns the type behind all VLAN tags; 0 when the link header was too short. */
  public int etherType() {
    return etherType;
  }

  /** Returns how many VLAN tags stand in the frame. */
  public int vlanTagCount() {
    return vlanTagCount;
  }

  /** Returns the id of the outermost VLAN tag, or 0. */
  public int vlanId() {
    return vlanId;
  }

  /** Returns the id of the second VLAN tag, or 0. */
  public int innerVlanId() {
    return innerVlanId;
  }

  /** Returns 4 or 6 when an IP header was located, otherwise 0. */
  public int ipVersion() {
    return ipVersion;
  }

  /** Returns where the network-layer header begins; -1 when the link header was bad. */
  public long ipOffset() {
    return ipOffset;
  }

  /**
   * Returns bytes from the IP header to the transport header: options and extension headers
   * included.
   */
  public int ipHeaderLength() {
    return ipHeaderLength;
  }

  /** Returns where the packet ends by its own word; may lie behind the captured bytes. */
  public long ipEnd() {
    return ipEnd;
  }

  /** Returns where the captured bytes end. */
  public long captureEnd() {
    return end;
  }

  /** Returns the transport protocol, one of {@link IpProtocol}; -1 when there is no IP header. */
  public int protocol() {
    return protocol;
  }

  /** Returns whether the packet is a piece of a larger one. */
  public boolean isFragment() {
    return moreFragments || fragmentOffset != 0;
  }

  /** Returns bytes of the whole packet's payload that stand before this fragment's. */
  public int fragmentOffset() {
    return fragmentOffset;
  }

  /** Returns whether fragments follow this one. */
  public boolean hasMoreFragments() {
    return moreFragments;
  }

  /** Returns where the IPv6 fragment header stands, or -1. */
  public long fragmentHeaderOffset() {
    return fragmentHeaderOffset;
  }

  /**
   * Returns where the transport header (or the fragment's data) begins; -1 when the walk stopped
   * before.
   */
  public long transportOffset() {
    return transportOffset;
  }

  /** Returns bytes of the TCP or UDP header, or 0 when there is none or it is bad. */
  public int transportHeaderLength() {
    return transportHeaderLength;
  }

  /** Returns where the transport payload begins. */
  public long payloadOffset() {
    return transportOffset + transportHeaderLength;
  }

  /** Returns the source port of TCP or UDP, else 0. */
  public int sourcePort() {
    return sourcePort;
  }

  /** Returns the destination port of TCP or UDP, else 0. */
  public int destinationPort() {
    return destinationPort;
  }
}
