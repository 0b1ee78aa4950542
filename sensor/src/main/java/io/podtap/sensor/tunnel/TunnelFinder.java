/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.tunnel;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Vxlan;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Finds the packet that a packet of the monitored traffic carries inside: IP in IP, GRE with what
 * it may carry, tunnels over UDP on their registered ports, Teredo and AYIYA on any port.
 *
 * <p>Reused; no allocation; never throws on bad input and never reads outside the captured bytes.
 * One thread.
 *
 * @see "RFC 2003; RFC 2473; RFC 2784; RFC 2890; RFC 2637; RFC 8086; draft-foschiano-erspan; RFC
 *     7348; RFC 8926; 3GPP TS 29.281; RFC 4380; draft-massar-v6ops-ayiya"
 */
public final class TunnelFinder {

  private static final int PORT_GTP_USER = 2152;
  private static final int PORT_TEREDO = 3544;
  private static final int PORT_AYIYA = 5072;

  /** GRE over UDP (RFC 8086 section 8). */
  private static final int PORT_GRE = 4754;

  private static final int TYPE_ARP = 0x0806;

  private static final int GRE_CHECKSUM = 0x8000;
  private static final int GRE_ROUTING = 0x4000;
  private static final int GRE_KEY = 0x2000;
  private static final int GRE_SEQUENCE = 0x1000;
  private static final int GRE_ACKNOWLEDGMENT = 0x0080;
  private static final int GRE_FLAGS_UNKNOWN = 0x0078;
  private static final int GRE_BRIDGED = 0x6558;
  private static final int GRE_PPP = 0x880B;
  private static final int PPP_IPV4 = 0x0021;
  private static final int PPP_IPV6 = 0x0057;
  private static final int GRE_ERSPAN = 0x88BE;
  private static final int GRE_ERSPAN_III = 0x22EB;
  private static final int GRE_ARUBA_FIRST = 0x8200;
  private static final int GRE_ARUBA_LAST = 0x83FF;
  private static final int GRE_ARUBA_MESH = 0x9000;

  /** A signature of 20 bytes by SHA-1, authenticated by a shared secret; forward an IPv6 packet. */
  private static final int AYIYA_FORWARD = 0x521129;

  private static final int TEREDO_ORIGIN = 0;
  private static final int TEREDO_AUTHENTICATION = 1;

  /** 2001::/32, the addresses of Teredo. */
  private static final long TEREDO_PREFIX = 0x2001_0000L;

  private static final int GTP_USER_DATA = 0xFF;
  private static final int GTP_EXTENSIONS_MAX = 16;

  private long offset;
  private int linkType;
  private boolean empty;
  private boolean opaque;
  private @Nullable TunnelWeird weird;
  private String weirdDetail = "";

  /**
   * Looks into the payload of an IP packet.
   *
   * @param length bytes of the payload by the packet's own word
   * @param captured bytes at {@code at} that are there
   */
  public Tunnel ofIp(int protocol, MemorySegment segment, long at, int length, int captured) {
    weird = null;
    return switch (protocol) {
      case IpProtocol.IPV4 ->
          isInner(4, segment, at, length, captured)
              ? found(Tunnel.IP, at, 0, LinkType.IPV4)
              : Tunnel.NONE;
      case IpProtocol.IPV6 ->
          isInner(6, segment, at, length, captured)
              ? found(Tunnel.IP, at, 0, LinkType.IPV6)
              : Tunnel.NONE;
      case IpProtocol.GRE -> gre(segment, at, captured);
      default -> Tunnel.NONE;
    };
  }

  /** Returns whether an IP packet of this version stands there and fills the room. */
  private boolean isInner(int version, MemorySegment segment, long at, int length, int captured) {
    if (captured < (version == 4 ? Ipv4.HEADER_LENGTH_MIN : Ipv6.HEADER_LENGTH)) {
      return odd(TunnelWeird.TRUNCATED_INNER_PACKET);
    }
    if (Ipv4.version(segment, at) != version) {
      return odd(TunnelWeird.INVALID_INNER_VERSION);
    }
    int total =
        version == 4
            ? Ipv4.totalLength(segment, at)
            : Ipv6.HEADER_LENGTH + Ipv6.payloadLength(segment, at);
    if (total > length) {
      return odd(TunnelWeird.TRUNCATED_INNER_PACKET);
    }
    boolean isUnsaid = version == 4 ? total == 0 : total == Ipv6.HEADER_LENGTH; // an offload's
    return total == length || isUnsaid || odd(TunnelWeird.INNER_LENGTH_MISMATCH);
  }

  private boolean odd(TunnelWeird what) {
    weird = what;
    weirdDetail = "";
    return false;
  }

  private Tunnel refused(TunnelWeird what, String detail) {
    weird = what;
    weirdDetail = detail;
    return Tunnel.NONE;
  }

  /**
   * Looks into the payload of a UDP datagram.
   *
   * @param port of the side that serves
   */
  public Tunnel ofUdp(int port, MemorySegment segment, long at, int captured) {
    weird = null;
    return switch (port) {
      case PORT_GRE -> gre(segment, at, captured);
      case Vxlan.PORT -> vxlan(segment, at, captured);
      case Geneve.PORT -> geneve(segment, at, captured);
      case PORT_GTP_USER -> gtp(segment, at, captured);
      case PORT_TEREDO -> teredo(segment, at, captured);
      case PORT_AYIYA -> ayiya(segment, at, captured);
      default -> ofUdpByContent(segment, at, captured);
    };
  }

  private Tunnel ofUdpByContent(MemorySegment segment, long at, int captured) {
    if (captured < Ipv6.HEADER_LENGTH) {
      return Tunnel.NONE;
    }
    int first = Bytes.u16(segment, at);
    if (Bytes.u24(segment, at + 1) == AYIYA_FORWARD) {
      return ayiya(segment, at, captured);
    }
    boolean indicated = first == TEREDO_ORIGIN || first == TEREDO_AUTHENTICATION;
    boolean bare =
        first >>> 12 == 6
            && (Bytes.u32(segment, at + 8) == TEREDO_PREFIX
                || Bytes.u32(segment, at + 24) == TEREDO_PREFIX);
    return indicated || bare ? teredo(segment, at, captured) : Tunnel.NONE;
  }

  private Tunnel vxlan(MemorySegment segment, long at, int captured) {
    return captured >= Vxlan.HEADER_LENGTH && Vxlan.isVniValid(segment, at)
        ? foundOrEmpty(Tunnel.VXLAN, at, Vxlan.HEADER_LENGTH, captured, LinkType.ETHERNET)
        : Tunnel.NONE;
  }

  private Tunnel geneve(MemorySegment segment, long at, int captured) {
    if (captured < Geneve.HEADER_LENGTH) {
      return Tunnel.NONE;
    }
    int version = Geneve.version(segment, at);
    if (version != 0) {
      return refused(TunnelWeird.GENEVE_INVALID_VERSION, Integer.toString(version));
    }
    int length = Geneve.HEADER_LENGTH + Geneve.optionsLength(segment, at);
    if (captured < length) {
      return Tunnel.NONE;
    }
    int type = Geneve.protocolType(segment, at);
    return switch (type) {
      case Geneve.TYPE_ETHERNET ->
          foundOrEmpty(Tunnel.GENEVE, at, length, captured, LinkType.ETHERNET);
      case Ethernet.TYPE_IPV4 -> foundOrEmpty(Tunnel.GENEVE, at, length, captured, LinkType.IPV4);
      case Ethernet.TYPE_IPV6 -> foundOrEmpty(Tunnel.GENEVE, at, length, captured, LinkType.IPV6);
      case TYPE_ARP, Ethernet.TYPE_MPLS, Ethernet.TYPE_PPPOE_SESSION -> {
        foundOrEmpty(Tunnel.GENEVE, at, length, captured, LinkType.RAW);
        opaque = true;
        yield Tunnel.GENEVE;
      }
      default -> Tunnel.NONE;
    };
  }

  private Tunnel foundOrEmpty(Tunnel kind, long at, int headerLength, int captured, int linkType) {
    found(kind, at, headerLength, linkType);
    empty = captured == headerLength;
    if (empty) {
      weird = kind == Tunnel.VXLAN ? TunnelWeird.VXLAN_EMPTY : TunnelWeird.GENEVE_EMPTY;
      weirdDetail = "";
    }
    return kind;
  }

  private Tunnel found(Tunnel kind, long at, int headerLength, int linkType) {
    offset = at + headerLength;
    this.linkType = linkType;
    empty = false;
    opaque = false;
    return kind;
  }

  private Tunnel gre(MemorySegment segment, long at, int captured) {
    if (captured < 4) {
      return refused(TunnelWeird.TRUNCATED_GRE, "");
    }
    int flags = Bytes.u16(segment, at);
    int version = flags & 7;
    if (version > 1) {
      return refused(TunnelWeird.UNKNOWN_GRE_VERSION, "version=" + version);
    }
    int length =
        4
            + ((flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0 ? 4 : 0)
            + ((flags & GRE_KEY) != 0 ? 4 : 0)
            + ((flags & GRE_SEQUENCE) != 0 ? 4 : 0)
            + (version == 1 && (flags & GRE_ACKNOWLEDGMENT) != 0 ? 4 : 0);
    int type = Bytes.u16(segment, at + 2);
    if (captured < length) {
      return refused(TunnelWeird.TRUNCATED_GRE, "");
    }
    if (version == 1 && type != GRE_PPP) {
      return refused(TunnelWeird.GRE_PROTOCOL_TYPE, "proto=" + type);
    }
    if ((flags & GRE_ROUTING) != 0) {
      return refused(TunnelWeird.GRE_ROUTING, "");
    }
    if ((flags & GRE_FLAGS_UNKNOWN) != 0) {
      return refused(TunnelWeird.UNKNOWN_GRE_FLAGS, "");
    }
    if (captured == length) {
      return Tunnel.NONE;
    }
    if (version == 1) {
      return pointToPoint(segment, at, length, captured);
    }
    return switch (type) {
      case Ethernet.TYPE_IPV4 -> found(Tunnel.GRE, at, length, LinkType.IPV4);
      case Ethernet.TYPE_IPV6 -> found(Tunnel.GRE, at, length, LinkType.IPV6);
      case GRE_BRIDGED -> found(Tunnel.GRE, at, length, LinkType.ETHERNET);
      case GRE_ERSPAN -> {
        int header = (flags & GRE_SEQUENCE) != 0 ? 8 : 0; // without a sequence number: type I
        yield erspan(at, length + header, captured);
      }
      case GRE_ERSPAN_III -> {
        boolean subheader =
            captured >= length + 12 && (Bytes.u8(segment, at + length + 11) & 1) != 0;
        yield erspan(at, length + (subheader ? 20 : 12), captured);
      }
      case GRE_ARUBA_MESH -> found(Tunnel.GRE, at, length, LinkType.IEEE802_11);
      default ->
          type >= GRE_ARUBA_FIRST && type <= GRE_ARUBA_LAST
              ? found(Tunnel.GRE, at, length, LinkType.IEEE802_11)
              : Tunnel.NONE;
    };
  }

  /** PPP with its one-byte or two-byte protocol (RFC 1661 section 2), which carries IP alone. */
  private Tunnel pointToPoint(MemorySegment segment, long at, int length, int captured) {
    long from = at + length;
    boolean framed = captured >= length + 2 && Bytes.u16(segment, from) == 0xFF03;
    int header = length + (framed ? 2 : 0);
    if (captured < header + 2) {
      return refused(TunnelWeird.TRUNCATED_GRE, "");
    }
    int protocol = Bytes.u16(segment, at + header);
    return protocol == PPP_IPV4 || protocol == PPP_IPV6
        ? found(Tunnel.GRE, at, length, LinkType.PPP)
        : refused(TunnelWeird.NO_IP_IN_GRE, "");
  }

  private Tunnel erspan(long at, int headerLength, int captured) {
    return captured > headerLength
        ? found(Tunnel.ERSPAN, at, headerLength, LinkType.ETHERNET)
        : Tunnel.NONE;
  }

  private Tunnel gtp(MemorySegment segment, long at, int captured) {
    if (captured < 8) {
      return Tunnel.NONE;
    }
    int flags = Bytes.u8(segment, at);
    boolean isVersion1 = flags >>> 5 == 1 && (flags & 0x10) != 0;
    if (!isVersion1 || Bytes.u8(segment, at + 1) != GTP_USER_DATA) {
      return Tunnel.NONE;
    }
    int length = 8;
    if ((flags & 7) != 0) {
      length += 4;
      int next = (flags & 4) != 0 && captured >= length ? Bytes.u8(segment, at + length - 1) : 0;
      for (int i = 0; next != 0 && i < GTP_EXTENSIONS_MAX && captured > length; i++) {
        int extension = Bytes.u8(segment, at + length) << 2;
        if (extension == 0 || captured < length + extension) {
          return Tunnel.NONE;
        }
        length += extension;
        next = Bytes.u8(segment, at + length - 1);
      }
    }
    return ip(Tunnel.GTP, segment, at, length, captured);
  }

  private Tunnel teredo(MemorySegment segment, long at, int captured) {
    int length = 0;
    if (captured < Ipv6.HEADER_LENGTH) {
      return refused(TunnelWeird.TRUNCATED_TEREDO, "");
    }
    if (Bytes.u16(segment, at) == TEREDO_AUTHENTICATION) {
      length = 13 + Bytes.u8(segment, at + 2) + Bytes.u8(segment, at + 3);
      if (captured < length + 2) {
        return refused(TunnelWeird.TRUNCATED_TEREDO_AUTHENTICATION, "");
      }
    }
    if (captured >= length + 2 && Bytes.u16(segment, at + length) == TEREDO_ORIGIN) {
      length += 8;
      if (captured < length) {
        return refused(TunnelWeird.TRUNCATED_TEREDO_ORIGIN, "");
      }
    }
    int rest = captured - length - Ipv6.HEADER_LENGTH;
    if (rest < 0) {
      return refused(TunnelWeird.TRUNCATED_PACKET_IN_TEREDO, "");
    }
    if (Ipv4.version(segment, at + length) != 6) {
      return Tunnel.NONE;
    }
    int payload = Ipv6.payloadLength(segment, at + length);
    boolean bubble =
        payload == 0 && Ipv6.nextHeader(segment, at + length) == IpProtocol.NO_NEXT_HEADER;
    if (payload != rest && !bubble) {
      return Tunnel.NONE;
    }
    if (bubble && rest > 0) {
      odd(TunnelWeird.TEREDO_BUBBLE_WITH_PAYLOAD);
    }
    return found(Tunnel.TEREDO, at, length, LinkType.IPV6);
  }

  private Tunnel ayiya(MemorySegment segment, long at, int captured) {
    if (captured < 8) {
      return Tunnel.NONE;
    }
    int identityLength = 1 << (Bytes.u8(segment, at) >>> 4);
    int signatureLength = (Bytes.u8(segment, at + 1) >>> 4) << 2;
    boolean forwards = (Bytes.u8(segment, at + 2) & 0xF) == 1;
    int next = Bytes.u8(segment, at + 3);
    if (!forwards || (next != IpProtocol.IPV6 && next != IpProtocol.IPV4)) {
      return Tunnel.NONE;
    }
    int length = 8 + identityLength + signatureLength;
    return captured == length
        ? refused(TunnelWeird.AYIYA_EMPTY, "")
        : ip(Tunnel.AYIYA, segment, at, length, captured);
  }

  private Tunnel ip(Tunnel kind, MemorySegment segment, long at, int headerLength, int captured) {
    if (captured <= headerLength) {
      return Tunnel.NONE;
    }
    return switch (Ipv4.version(segment, at + headerLength)) {
      case 4 -> found(kind, at, headerLength, LinkType.IPV4);
      case 6 -> found(kind, at, headerLength, LinkType.IPV6);
      default -> Tunnel.NONE;
    };
  }

  /** Returns where the inner packet begins. */
  public long offset() {
    return offset;
  }

  /** Returns what was odd about the packet that was looked into last, or null. */
  public @Nullable TunnelWeird weird() {
    return weird;
  }

  /** Returns what exactly, or an empty text. */
  public String weirdDetail() {
    return weirdDetail;
  }

  /** Returns whether what stands inside is known to be no IP packet. */
  public boolean isOpaque() {
    return opaque;
  }

  /** Returns whether nothing stands behind the tunnel's header. */
  public boolean isEmpty() {
    return empty;
  }

  /** Returns how the inner packet begins, one of {@link LinkType}. */
  public int linkType() {
    return linkType;
  }
}
