/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.decapsulate;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Udp;
import io.podtap.core.packet.Vxlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Cuts UDP datagrams that left a host joined and reached a capture before a network card has taken
 * them apart. By the size that the capture's offload facts say, or, of tunnels, by the tunnel
 * headers inside ({@link JoinedDatagrams}), also in a tunnel within a tunnel.
 *
 * <p>In: frames of an interface or a capture file. Out: the same to the next handler; of a joined
 * datagram, a frame for each, with its headers before it and their lengths and checksums corrected
 * (UDP over IPv4 goes without one). These stand in a buffer that the next one overwrites: the next
 * handler must not keep bytes beyond {@link #onFrame}. What the capture has cut off at the end is
 * counted by datagrams. No allocation. One thread.
 */
public final class DatagramCutter implements FrameHandler, AutoCloseable {

  /** Tunnels within tunnels that are looked into. */
  private static final int LEVELS_MAX = 4;

  private static final int BUFFER_BYTES = 1 << 17;
  private static final int ETHER_TYPE_AT = 12;
  private static final int IPV4_PROTOCOL_AT = Ethernet.HEADER_LENGTH + 9;
  private static final int IPV6_NEXT_HEADER_AT = Ethernet.HEADER_LENGTH + 6;

  private final FrameHandler next;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 64);
  private final Headers headers = new Headers();
  private final JoinedDatagrams joined = new JoinedDatagrams();
  private final Frame piece = new Frame();

  /** Of the present frame: where IP and UDP headers stand, the outermost first. */
  private final long[] ipAt = new long[LEVELS_MAX];

  private final long[] udpAt = new long[LEVELS_MAX];
  private final boolean[] isIpv6 = new boolean[LEVELS_MAX];
  private int levels;

  private long framesCut;
  private long datagramsCut;
  private long datagramsUncaptured;

  /**
   * @param next takes frames; closed by its owner
   */
  public DatagramCutter(FrameHandler next) {
    this.next = next;
  }

  @Override
  public void onFrame(Frame frame) {
    if (mayBeUdp(frame) && cut(frame)) {
      return;
    }
    next.onFrame(frame);
  }

  /** Lets most of what is no UDP pass at the price of two reads. */
  private static boolean mayBeUdp(Frame frame) {
    if (frame.linkType() != LinkType.ETHERNET) {
      return true;
    }
    if (frame.length() < Ethernet.HEADER_LENGTH + Ipv4.HEADER_LENGTH_MIN) {
      return false;
    }
    MemorySegment segment = frame.segment();
    return switch (Bytes.u16(segment, frame.offset() + ETHER_TYPE_AT)) {
      case Ethernet.TYPE_IPV4 ->
          Bytes.u8(segment, frame.offset() + IPV4_PROTOCOL_AT) == IpProtocol.UDP;
      case Ethernet.TYPE_IPV6 ->
          Bytes.u8(segment, frame.offset() + IPV6_NEXT_HEADER_AT) != IpProtocol.TCP;
      default -> true;
    };
  }

  private boolean cut(Frame frame) {
    levels = 0;
    headers.locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
    int segmentBytes = 0;
    while (segmentBytes == 0) {
      if (!enterUdp(frame)) {
        return false;
      }
      segmentBytes = segmentBytes(frame);
      if (segmentBytes == 0 && !enterTunnel(frame)) {
        return false;
      }
    }
    return emit(frame, segmentBytes);
  }

  /** Notes the headers of a whole UDP datagram that the walk stands on. */
  private boolean enterUdp(Frame frame) {
    if (levels == LEVELS_MAX
        || headers.protocol() != IpProtocol.UDP
        || headers.isFragment()
        || headers.transportOffset() < 0
        || headers.transportOffset() + Udp.HEADER_LENGTH > headers.captureEnd()) {
      return false;
    }
    ipAt[levels] = headers.ipOffset();
    udpAt[levels] = headers.transportOffset();
    isIpv6[levels] = headers.ipVersion() == 6;
    levels++;
    long wireEnd = frame.offset() + frame.originalLength();
    return payloadBytes(frame.segment()) > 0
        && headers.transportOffset() + Udp.length(frame.segment(), headers.transportOffset())
            <= wireEnd;
  }

  private long payload() {
    return udpAt[levels - 1] + Udp.HEADER_LENGTH;
  }

  private int payloadBytes(MemorySegment segment) {
    return Udp.length(segment, udpAt[levels - 1]) - Udp.HEADER_LENGTH;
  }

  private int capturedBytes(Frame frame) {
    long captureEnd = frame.offset() + frame.length();
    return (int) Math.min(captureEnd - payload(), payloadBytes(frame.segment()));
  }

  private int segmentBytes(Frame frame) {
    MemorySegment segment = frame.segment();
    if (levels == 1 && frame.gsoType() == Frame.GSO_UDP_L4) {
      int size = frame.gsoSize();
      return size > 0 && size < payloadBytes(segment) ? size : 0;
    }
    int port = Udp.destinationPort(segment, udpAt[levels - 1]);
    return JoinedDatagrams.isTunnelPort(port)
        ? joined.segmentBytes(
            segment,
            payload(),
            capturedBytes(frame),
            payloadBytes(segment),
            port == Geneve.PORT,
            /* nested= */ levels > 1)
        : 0;
  }

  /** Goes on to the frame inside a tunnel. */
  private boolean enterTunnel(Frame frame) {
    MemorySegment segment = frame.segment();
    int port = Udp.destinationPort(segment, udpAt[levels - 1]);
    int captured = capturedBytes(frame);
    int header = tunnelBytes(segment, port, captured);
    if (header == 0 || captured < header + Ethernet.HEADER_LENGTH) {
      return false;
    }
    headers.locate(segment, payload() + header, captured - header, LinkType.ETHERNET);
    return true;
  }

  private int tunnelBytes(MemorySegment segment, int port, int captured) {
    if (port == Vxlan.PORT) {
      return captured >= Vxlan.HEADER_LENGTH && Vxlan.isVniValid(segment, payload())
          ? Vxlan.HEADER_LENGTH
          : 0;
    }
    return port == Geneve.PORT
            && captured >= Geneve.HEADER_LENGTH
            && Geneve.version(segment, payload()) == 0
            && Geneve.protocolType(segment, payload()) == Geneve.TYPE_ETHERNET
        ? Geneve.HEADER_LENGTH + Geneve.optionsLength(segment, payload())
        : 0;
  }

  private boolean emit(Frame frame, int segmentBytes) {
    MemorySegment segment = frame.segment();
    int headerBytes = (int) (payload() - frame.offset());
    int length = payloadBytes(segment);
    int captured = capturedBytes(frame);
    if (headerBytes + segmentBytes > BUFFER_BYTES) {
      return false;
    }
    framesCut++;
    for (int at = 0; at < length; at += segmentBytes) {
      int bytes = Math.min(segmentBytes, length - at);
      int there = Math.clamp((long) captured - at, 0, bytes);
      datagramsCut++;
      if (there == 0) {
        datagramsUncaptured++;
      }
      MemorySegment.copy(segment, frame.offset(), buffer, 0, headerBytes);
      if (there > 0) {
        MemorySegment.copy(segment, payload() + at, buffer, headerBytes, there);
      }
      shorten(frame.offset(), length - bytes, there == bytes, headerBytes + there);
      piece
          .wrap(buffer, 0, headerBytes + there, headerBytes + bytes, frame.timestampNs())
          .origin(frame.linkType(), frame.interfaceIndex(), frame.isOutgoing());
      if (frame.hasVlan()) {
        piece.vlan(frame.vlanTpid(), frame.vlanTci());
      }
      next.onFrame(piece);
    }
    return true;
  }

  /**
   * Makes the headers in the buffer those of a datagram that is so many bytes shorter; from the
   * innermost outwards, since checksums outside cover what is inside.
   *
   * @param whole whether the datagram stands in the buffer to its end
   */
  private void shorten(long frameOffset, int less, boolean whole, int end) {
    for (int i = levels - 1; i >= 0; i--) {
      long ip = ipAt[i] - frameOffset;
      long udp = udpAt[i] - frameOffset;
      Udp.length(buffer, udp, Udp.length(buffer, udp) - less);
      Bytes.putU16(buffer, udp + Udp.CHECKSUM_OFFSET, 0);
      if (!isIpv6[i]) {
        Ipv4.totalLength(buffer, ip, Ipv4.totalLength(buffer, ip) - less);
        Ipv4.updateChecksum(buffer, ip, Ipv4.headerLength(buffer, ip));
        continue;
      }
      Ipv6.payloadLength(buffer, ip, Ipv6.payloadLength(buffer, ip) - less);
      if (whole) {
        int bytes = Math.min(Udp.length(buffer, udp), (int) (end - udp));
        long sum =
            Checksum.pseudoIpv6(buffer, ip, IpProtocol.UDP, bytes)
                + Checksum.sum(buffer, udp, bytes);
        int checksum = Checksum.finish(sum);
        Bytes.putU16(buffer, udp + Udp.CHECKSUM_OFFSET, checksum == 0 ? 0xFFFF : checksum);
      }
    }
  }

  @Override
  public void onBatchEnd() {
    next.onBatchEnd();
  }

  /** Returns joined datagrams that were cut. */
  public long framesCut() {
    return framesCut;
  }

  /** Returns how many datagrams they were cut into. */
  public long datagramsCut() {
    return datagramsCut;
  }

  /** Returns datagrams of these of which the capture has no byte. */
  public long datagramsUncaptured() {
    return datagramsUncaptured;
  }

  /** Gives the buffer back. */
  @Override
  public void close() {
    arena.close();
  }
}
