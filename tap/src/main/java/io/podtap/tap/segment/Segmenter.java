/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.segment;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.core.packet.Tcp;
import io.podtap.core.packet.Udp;
import io.podtap.core.report.Counters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Cuts one captured frame into packets that fit the path: {@link #plan} decides, {@link #write}
 * makes packet after packet.
 *
 * <p>Only bytes behind the link-layer header are handled here. A plan is valid until the next one
 * and until the frame's bytes go back to their owner. One thread; no allocation.
 *
 * <p>Rewritten in every segment, as the kernel's own segmentation does: lengths, TCP sequence
 * number, IPv4 identification (counted up even when Don't Fragment is set), both checksums; FIN and
 * PSH stay on the last segment, CWR on the first.
 *
 * <p>Packets that the path does not take and that are not TCP become IP fragments, evenly cut,
 * whether their sender allowed it or not: the tunnel is no router, and whoever puts the fragments
 * together has the packet as it was. Don't Fragment stays visible on them; an IPv4 identification
 * of zero, which only such packets have, is replaced. A captured fragment is cut into smaller ones.
 * Truncated is only what has no IP header, or more of it than fits.
 *
 * @see "linux/net/ipv4/tcp_offload.c, udp_offload.c; RFC 9293 section 3.1; RFC 3168 section 6.1.2"
 */
public final class Segmenter {

  /** How the packets of the present plan are made. */
  private enum Kind {
    WHOLE,
    TCP_SEGMENTS,
    DATAGRAMS,
    FRAGMENTS
  }

  /** Payload of a fragmented packet at most: the fragment offset reaches no farther. */
  private static final int FRAGMENTED_BYTES_MAX = 65_535;

  private int snaplen;
  private final Counters<SegmentEvent> events;
  private final ChecksumCompletion completion;
  private final HeaderTemplate template;

  private Kind kind = Kind.WHOLE;
  private MemorySegment source = MemorySegment.NULL;
  private long packetOffset;
  private int packetBytes;
  private int keptBytesMax;
  private int count;

  // Cut packets: headers stand in the template, payload in the source.
  private long payloadOffset;
  private int payloadBytes;
  private int unitBytes;
  private int sequence;
  private int tcpFlags;
  private boolean udpChecksum;

  // Fragments: every unit (datagram) in pieces of pieceBytes; one that fits stays whole.
  private int wholeUnitBytesMax;
  private int pieceBytesMax;
  private int pieceBytes;
  private int pieces;
  private int unitHeaderBytes;
  private int fragmentBase;
  private boolean fragmentMore;
  private boolean datagramFragments;

  /**
   * Takes memory for headers from {@code arena}.
   *
   * @param events counts what was done
   */
  public Segmenter(Arena arena, SegmentSettings settings, Counters<SegmentEvent> events) {
    this.snaplen = settings.snaplen();
    this.events = events;
    this.completion = new ChecksumCompletion(events);
    this.template = new HeaderTemplate(arena, events);
  }

  /** Keeps so much of each packet from the next plan on. */
  public void settings(SegmentSettings next) {
    snaplen = next.snaplen();
  }

  /**
   * Decides how a frame is cut.
   *
   * @param headers the frame's headers, located in the frame's own segment
   * @param packetOffset where the bytes behind the link-layer header begin
   * @param linkBytes bytes of the link-layer header that each packet gets
   * @param frameBytesMax bytes of link-layer header and packet that fit the path
   * @return packets that {@link #write} makes, at least 1
   */
  public int plan(
      Frame frame, Headers headers, long packetOffset, int linkBytes, int frameBytesMax) {
    return plan(frame, headers, packetOffset, linkBytes, frameBytesMax, snaplen);
  }

  /**
   * As {@link #plan(Frame, Headers, long, int, int)}, and keeps less of each packet.
   *
   * @param packetBytesKept bytes of link-layer header and packet that each packet keeps at most,
   *     whatever the snaplen allows
   */
  public int plan(
      Frame frame,
      Headers headers,
      long packetOffset,
      int linkBytes,
      int frameBytesMax,
      int packetBytesKept) {
    this.source = frame.segment();
    this.packetOffset = packetOffset;
    completion.clear();
    int bytesMax = Math.max(frameBytesMax - linkBytes, 0);
    this.keptBytesMax =
        Math.min(bytesMax, Math.max(Math.min(snaplen, packetBytesKept) - linkBytes, 0));
    boolean complete = frame.length() >= frame.originalLength();
    if (!complete) {
      events.add(SegmentEvent.CAPTURE_TRUNCATED);
    }
    long end = Math.min(headers.ipEnd(), headers.captureEnd());
    int ipPacketBytes = (int) (end - packetOffset);
    boolean located =
        headers.problem() == Headers.Problem.NONE
            && headers.transportHeaderLength() > 0
            && headers.ipHeaderLength() + headers.transportHeaderLength()
                <= HeaderTemplate.HEADER_BYTES_MAX
            && !headers.isFragment();
    int gsoType = frame.gsoType();
    if (located && headers.protocol() == IpProtocol.TCP) {
      if (gsoType != Frame.GSO_NONE) {
        events.add(SegmentEvent.TCP_SUPER_FRAME);
        return planTcp(frame, headers, end, bytesMax);
      }
      if (ipPacketBytes > bytesMax) {
        events.add(SegmentEvent.TCP_CUT_TO_FIT);
        return planTcp(frame, headers, end, bytesMax);
      }
    } else if (located && headers.protocol() == IpProtocol.UDP) {
      if (gsoType == Frame.GSO_UDP_L4 && frame.gsoSize() > 0 && !isInside(frame, headers)) {
        events.add(SegmentEvent.UDP_SUPER_FRAME);
        return planDatagrams(frame, headers, end, bytesMax, complete);
      }
    }
    return planWhole(frame, headers, end, bytesMax, complete);
  }

  /** Returns whether the super-frame's own datagrams stand inside a tunnel of the pod. */
  private static boolean isInside(Frame frame, Headers headers) {
    return frame.isChecksumNeeded()
        && frame.offset() + frame.checksumStart() != headers.transportOffset();
  }

  private int planTcp(Frame frame, Headers headers, long end, int bytesMax) {
    prepareHeaders(headers, end);
    long tcp = template.ipBytes();
    sequence = Tcp.sequence(template.memory(), tcp);
    tcpFlags = Tcp.flags(template.memory(), tcp);
    int fits = bytesMax - template.headerBytes();
    if (fits <= 0) { // a path that no header fits
      return planWhole(frame, headers, end, bytesMax, false);
    }
    unitBytes = frame.gsoSize() > 0 ? Math.min(fits, frame.gsoSize()) : fits;
    kind = Kind.TCP_SEGMENTS;
    count = Math.max((payloadBytes + unitBytes - 1) / unitBytes, 1);
    return count;
  }

  private int planDatagrams(
      Frame frame, Headers headers, long end, int bytesMax, boolean complete) {
    prepareHeaders(headers, end);
    udpChecksum =
        template.ipVersion() == 6
            || frame.isChecksumNeeded()
            || Udp.checksum(template.memory(), template.ipBytes()) != 0;
    unitBytes = frame.gsoSize();
    int units = Math.max((payloadBytes + unitBytes - 1) / unitBytes, 1);
    kind = Kind.DATAGRAMS;
    count = units;
    if (template.headerBytes() + Math.min(unitBytes, payloadBytes) > bytesMax) {
      if (complete && isFragmentable(headers, bytesMax, Udp.HEADER_LENGTH + unitBytes)) {
        noteFragmentation();
        datagramFragments = true;
        prepareFragments(headers, units);
        return planFragments(bytesMax, Udp.HEADER_LENGTH, units, true);
      }
      events.add(SegmentEvent.TRUNCATED_TO_FIT);
    }
    return count;
  }

  /** Copies all headers into the template and what is the same in every segment out of it. */
  private void prepareHeaders(Headers headers, long end) {
    payloadOffset = headers.payloadOffset();
    payloadBytes = (int) Math.max(end - payloadOffset, 0);
    template.copy(source, packetOffset, headers);
  }

  /** Keeps a packet in one piece, or in IP fragments. */
  private int planWhole(Frame frame, Headers headers, long end, int bytesMax, boolean complete) {
    kind = Kind.WHOLE;
    count = 1;
    packetBytes = (int) (headers.captureEnd() - packetOffset); // what trails the packet, too
    boolean tunnel = frame.gsoType() != Frame.GSO_NONE && frame.gsoType() != Frame.GSO_UDP;
    if (tunnel) {
      events.add(SegmentEvent.TUNNEL_SUPER_FRAME);
    }
    if (frame.isChecksumNeeded()) {
      completion.compute(frame, headers, packetOffset, end, complete);
    }
    boolean ufo = frame.gsoType() == Frame.GSO_UDP && headers.protocol() == IpProtocol.UDP;
    if (packetBytes <= bytesMax && !ufo) {
      return count;
    }
    packetBytes = (int) (end - packetOffset);
    if (ufo && complete && planDeviceFragments(frame, headers, bytesMax)) {
      events.add(SegmentEvent.UDP_FRAGMENT_SUPER_FRAME);
      return count;
    }
    if (packetBytes <= bytesMax) {
      return count;
    }
    if (complete && isFragmentable(headers, bytesMax, packetBytes - headers.ipHeaderLength())) {
      noteFragmentation();
      prepareWholeFragments(headers);
      return planFragments(bytesMax, 0, 1, true);
    }
    events.add(SegmentEvent.TRUNCATED_TO_FIT);
    return count;
  }

  /**
   * Returns whether IP fragments of at most {@code bytesMax} bytes can carry a payload of so many.
   */
  private static boolean isFragmentable(Headers headers, int bytesMax, int payloadBytes) {
    return headers.transportOffset() >= 0
        && headers.fragmentOffset() + payloadBytes <= FRAGMENTED_BYTES_MAX
        && headers.ipHeaderLength() <= HeaderTemplate.HEADER_BYTES_MAX
        && headers.ipHeaderLength() + Ipv6.FRAGMENT_HEADER_LENGTH + 8 <= bytesMax;
  }

  /** Counts, and says so when the sender had not wished it. */
  private void noteFragmentation() {
    events.add(SegmentEvent.FRAGMENTED_TO_FIT);
    boolean forbidden =
        Ipv4.version(source, packetOffset) != 4
            || (Ipv4.fragmentWord(source, packetOffset) & Ipv4.FLAG_DONT_FRAGMENT) != 0;
    if (forbidden) {
      events.add(SegmentEvent.DONT_FRAGMENT_OVERRULED);
    }
  }

  /** Plans the fragments that a device with UDP fragmentation offload would send. */
  private boolean planDeviceFragments(Frame frame, Headers headers, int bytesMax) {
    if (headers.isFragment()
        || !isFragmentable(headers, bytesMax, packetBytes - headers.ipHeaderLength())) {
      return false;
    }
    prepareWholeFragments(headers);
    int header = template.ipBytes() + template.fragmentHeaderBytes();
    int size = frame.gsoSize() > 0 ? Math.min(bytesMax, header + frame.gsoSize()) : bytesMax;
    planFragments(size, 0, 1, false);
    return true;
  }

  private void prepareWholeFragments(Headers headers) {
    datagramFragments = false;
    payloadOffset = template.copyIp(source, packetOffset, headers);
    payloadBytes = packetBytes - (int) (payloadOffset - packetOffset);
    unitBytes = payloadBytes;
    prepareFragments(headers, 1);
  }

  /**
   * @param units packets that are fragmented, each under an identification of its own
   */
  private void prepareFragments(Headers headers, int units) {
    fragmentBase = headers.fragmentOffset();
    fragmentMore = headers.hasMoreFragments();
    template.prepareFragments(source, headers.fragmentHeaderOffset(), units);
  }

  /**
   * Plans IP fragments of one or more units.
   *
   * @param bytesMax bytes of a fragment with its IP header
   * @param unitHeaderBytes transport header in the template that precedes each unit's payload
   * @param even whether pieces are of about one size (none is so small that a sensor finds it odd)
   *     or as long as they can be, as a sender makes them
   */
  private int planFragments(int bytesMax, int unitHeaderBytes, int units, boolean even) {
    kind = Kind.FRAGMENTS;
    this.unitHeaderBytes = unitHeaderBytes;
    wholeUnitBytesMax = bytesMax - template.ipBytes();
    pieceBytesMax = (wholeUnitBytesMax - template.fragmentHeaderBytes()) & ~7;
    int unit = unitHeaderBytes + unitBytes;
    pieces = piecesOf(unit);
    pieceBytes = even ? ((unit + pieces - 1) / pieces + 7) & ~7 : pieceBytesMax;
    count = (units - 1) * pieces + piecesOf(unitHeaderBytes + payloadOf(units - 1));
    return count;
  }

  private int piecesOf(int bytes) {
    return bytes <= wholeUnitBytesMax ? 1 : (bytes + pieceBytesMax - 1) / pieceBytesMax;
  }

  /** Returns the packets of the present plan. */
  public int count() {
    return count;
  }

  /** Returns bytes that {@link #write} writes for packet {@code index}. */
  public int length(int index) {
    return Math.min(originalLength(index), keptBytesMax);
  }

  /** Returns bytes that packet {@code index} has before snaplen and truncation. */
  public int originalLength(int index) {
    return switch (kind) {
      case WHOLE -> packetBytes;
      case TCP_SEGMENTS, DATAGRAMS -> template.headerBytes() + payloadOf(index);
      case FRAGMENTS ->
          template.ipBytes() + fragmentHeaderBytes(index / pieces) + pieceLength(index);
    };
  }

  private int payloadOf(int unit) {
    return Math.min(unitBytes, payloadBytes - unit * unitBytes);
  }

  private int pieceLength(int index) {
    int unit = unitHeaderBytes + payloadOf(index / pieces);
    return piecesOf(unit) == 1 ? unit : Math.min(pieceBytes, unit - index % pieces * pieceBytes);
  }

  /** Returns bytes of the header that makes a packet of IPv6 a fragment; a whole one has none. */
  private int fragmentHeaderBytes(int unit) {
    return piecesOf(unitHeaderBytes + payloadOf(unit)) == 1 ? 0 : template.fragmentHeaderBytes();
  }

  /**
   * Writes packet {@code index}, {@link #length} bytes. Packets of one plan are written in order.
   *
   * @param target the caller's, not the frame's own memory
   */
  public void write(int index, MemorySegment target, long offset) {
    switch (kind) {
      case WHOLE -> writeWhole(target, offset);
      case TCP_SEGMENTS -> writeTcp(index, target, offset);
      case DATAGRAMS -> writeDatagram(index, target, offset);
      case FRAGMENTS -> writeFragment(index, target, offset);
    }
  }

  private void writeWhole(MemorySegment target, long offset) {
    int length = Math.min(packetBytes, keptBytesMax);
    Bytes.copy(source, packetOffset, target, offset, length);
    completion.fillIn(target, offset, 0, length);
  }

  private void writeTcp(int index, MemorySegment target, long offset) {
    int start = index * unitBytes;
    int payload = payloadOf(index);
    int flags = tcpFlags;
    if (index > 0) {
      flags &= ~Tcp.CWR;
    }
    if (index < count - 1) {
      flags &= ~(Tcp.FIN | Tcp.PSH);
    }
    template.ip(template.headerBytes() + payload, index);
    template.tcp(source, payloadOffset + start, payload, sequence + start, flags);
    copyOut(target, offset, start, payload);
  }

  private void writeDatagram(int index, MemorySegment target, long offset) {
    int start = index * unitBytes;
    int payload = payloadOf(index);
    template.ip(template.headerBytes() + payload, index);
    writeUdpHeader(start, payload);
    copyOut(target, offset, start, payload);
  }

  private void writeUdpHeader(int start, int payload) {
    template.udp(source, payloadOffset + start, payload, udpChecksum);
  }

  private void copyOut(MemorySegment target, long offset, int start, int payload) {
    int header = Math.min(template.headerBytes(), keptBytesMax);
    Bytes.copy(template.memory(), 0, target, offset, header);
    int kept = Math.min(payload, keptBytesMax - header);
    Bytes.copy(source, payloadOffset + start, target, offset + header, kept);
  }

  private void writeFragment(int index, MemorySegment target, long offset) {
    int unit = index / pieces;
    int piece = index % pieces;
    int at = piece * pieceBytes;
    int length = pieceLength(index);
    int unitStart = unit * unitBytes;
    if (datagramFragments && piece == 0) {
      writeUdpHeader(unitStart, payloadOf(unit));
    }
    boolean more = fragmentMore || at + length < unitHeaderBytes + payloadOf(unit);
    int header =
        template.writeFragment(
            target,
            offset,
            unit,
            length,
            fragmentBase + at,
            more,
            fragmentHeaderBytes(unit),
            keptBytesMax);
    int kept = Math.min(length, keptBytesMax - header);
    long body = offset + header;
    if (!datagramFragments) {
      Bytes.copy(source, payloadOffset + at, target, body, kept);
      completion.fillIn(target, body, (int) (payloadOffset - packetOffset) + at, kept);
    } else if (piece == 0) {
      int head = Math.min(unitHeaderBytes, kept);
      Bytes.copy(template.memory(), template.ipBytes(), target, body, head);
      Bytes.copy(source, payloadOffset + unitStart, target, body + head, kept - head);
    } else {
      Bytes.copy(source, payloadOffset + unitStart + at - unitHeaderBytes, target, body, kept);
    }
  }
}
