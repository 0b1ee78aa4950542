package io.podtap.tap.segment;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
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
import java.util.concurrent.ThreadLocalRandom;

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

  /** Bytes of all headers that can be rewritten; packets with more are kept whole. */
  private static final int HEADER_BYTES_MAX = 512;

  /** The hop-by-hop header with nothing but a jumbo payload option. */
  private static final int JUMBO_HEADER_LENGTH = 8;

  private static final int JUMBO_OPTION = 0xC2;
  private static final int IPV6_NEXT_HEADER = 6;
  private static final int IPV4_SOURCE = 12;
  private static final int IPV4_CHECKSUM = 10;
  private static final int NO_PATCH = -1;

  /** Where in the template the IPv6 fragment header stands, behind all others. */
  private static final int FRAGMENT_HEADER_AT = HEADER_BYTES_MAX;

  private int snaplen;
  private final Counters<SegmentEvent> events;
  private final MemorySegment template;

  /** Two taps that see one host must not begin alike: a sensor may join the fragments of both. */
  private int nextIdentification = ThreadLocalRandom.current().nextInt();

  private Kind kind = Kind.WHOLE;
  private MemorySegment source = MemorySegment.NULL;
  private long packetOffset;
  private int packetBytes;
  private int keptBytesMax;
  private int count;

  // Cut packets: headers stand in the template, payload in the source.
  private int ipVersion;
  private int ipBytes;
  private int headerBytes;
  private long payloadOffset;
  private int payloadBytes;
  private int unitBytes;
  private long pseudoSum;
  private long ipHeaderSum;
  private int identification;
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

  // IPv4: the flags that every fragment keeps. IPv6: the header that each fragment gets, and the
  // place in the template where the header before it names it.
  private int fragmentFlags;
  private int fragmentHeaderBytes;
  private int fragmentNextHeader;
  private int fragmentIdentification;
  private int fragmentNamedAt;

  // Whole packets and their fragments: the one checksum that is filled in.
  private int patchAt = NO_PATCH;
  private int patchBytes;
  private int patchValue;

  /**
   * Takes memory for headers from {@code arena}.
   *
   * @param events counts what was done
   */
  public Segmenter(Arena arena, SegmentSettings settings, Counters<SegmentEvent> events) {
    this.snaplen = settings.snaplen();
    this.events = events;
    this.template = arena.allocate(FRAGMENT_HEADER_AT + Ipv6.FRAGMENT_HEADER_LENGTH, 8);
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
    this.patchAt = NO_PATCH;
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
            && headers.ipHeaderLength() + headers.transportHeaderLength() <= HEADER_BYTES_MAX
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
    long tcp = ipBytes;
    sequence = Tcp.sequence(template, tcp);
    tcpFlags = Tcp.flags(template, tcp);
    Bytes.putU16(template, tcp + Tcp.CHECKSUM_OFFSET, 0);
    int fits = bytesMax - headerBytes;
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
        ipVersion == 6 || frame.isChecksumNeeded() || Udp.checksum(template, ipBytes) != 0;
    unitBytes = frame.gsoSize();
    int units = Math.max((payloadBytes + unitBytes - 1) / unitBytes, 1);
    kind = Kind.DATAGRAMS;
    count = units;
    if (headerBytes + Math.min(unitBytes, payloadBytes) > bytesMax) {
      if (complete && isFragmentable(headers, bytesMax, Udp.HEADER_LENGTH + unitBytes)) {
        noteFragmentation();
        datagramFragments = true;
        prepareFragmentHeader(headers, units);
        return planFragments(bytesMax, Udp.HEADER_LENGTH, units, true);
      }
      events.add(SegmentEvent.TRUNCATED_TO_FIT);
    }
    return count;
  }

  /** Copies all headers into the template and what is the same in every segment out of it. */
  private void prepareHeaders(Headers headers, long end) {
    ipVersion = headers.ipVersion();
    ipBytes = headers.ipHeaderLength();
    int jumboBytes = jumboHeaderBytes(headers);
    int announced =
        ipVersion == 4
            ? Ipv4.totalLength(source, packetOffset)
            : Ipv6.payloadLength(source, packetOffset);
    if (announced == 0) {
      events.add(SegmentEvent.BIG_FRAME);
    }
    payloadOffset = headers.payloadOffset();
    payloadBytes = (int) Math.max(end - payloadOffset, 0);
    if (jumboBytes == 0) {
      Bytes.copy(source, packetOffset, template, 0, ipBytes + headers.transportHeaderLength());
    } else {
      Bytes.copy(source, packetOffset, template, 0, Ipv6.HEADER_LENGTH);
      Bytes.putU8(template, IPV6_NEXT_HEADER, Bytes.u8(source, packetOffset + Ipv6.HEADER_LENGTH));
      Bytes.copy(
          source,
          packetOffset + Ipv6.HEADER_LENGTH + jumboBytes,
          template,
          Ipv6.HEADER_LENGTH,
          ipBytes - Ipv6.HEADER_LENGTH - jumboBytes + headers.transportHeaderLength());
      ipBytes -= jumboBytes;
    }
    headerBytes = ipBytes + headers.transportHeaderLength();
    prepareIpHeader(headers.protocol());
  }

  private void prepareIpHeader(int protocol) {
    if (ipVersion == 4) {
      identification = Ipv4.identification(template, 0);
      Ipv4.identification(template, 0, 0);
      Ipv4.totalLength(template, 0, 0);
      Bytes.putU16(template, IPV4_CHECKSUM, 0);
      ipHeaderSum = Checksum.sum(template, 0, ipBytes);
      pseudoSum = Checksum.sum(template, IPV4_SOURCE, 8) + Checksum.word(protocol);
    } else {
      pseudoSum = Checksum.pseudoIpv6(template, 0, protocol, 0);
    }
  }

  /** Returns bytes of the header that older kernels put into an IPv6 BIG TCP frame, or 0. */
  private int jumboHeaderBytes(Headers headers) {
    if (ipVersion != 6
        || Ipv6.payloadLength(source, packetOffset) != 0
        || Ipv6.nextHeader(source, packetOffset) != IpProtocol.HOP_BY_HOP) {
      return 0;
    }
    long option = packetOffset + Ipv6.HEADER_LENGTH;
    boolean jumbo =
        headers.ipHeaderLength() >= Ipv6.HEADER_LENGTH + JUMBO_HEADER_LENGTH
            && Bytes.u8(source, option + 1) == 0
            && Bytes.u8(source, option + 2) == JUMBO_OPTION
            && Bytes.u8(source, option + 3) == Integer.BYTES;
    return jumbo ? JUMBO_HEADER_LENGTH : 0;
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
      completeChecksum(frame, headers, end, complete);
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
        && headers.ipHeaderLength() <= HEADER_BYTES_MAX
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
    int header = ipBytes + fragmentHeaderBytes;
    int size = frame.gsoSize() > 0 ? Math.min(bytesMax, header + frame.gsoSize()) : bytesMax;
    planFragments(size, 0, 1, false);
    return true;
  }

  private void prepareWholeFragments(Headers headers) {
    ipVersion = headers.ipVersion();
    ipBytes = headers.ipHeaderLength();
    Bytes.copy(source, packetOffset, template, 0, ipBytes);
    datagramFragments = false;
    prepareIpHeader(headers.protocol());
    payloadOffset = packetOffset + ipBytes;
    if (headers.fragmentHeaderOffset() >= 0) {
      ipBytes = (int) (headers.fragmentHeaderOffset() - packetOffset);
      payloadOffset = headers.fragmentHeaderOffset() + Ipv6.FRAGMENT_HEADER_LENGTH;
    }
    payloadBytes = packetBytes - (int) (payloadOffset - packetOffset);
    unitBytes = payloadBytes;
    prepareFragmentHeader(headers, 1);
  }

  /**
   * Decides what says "fragment" in the packets: a word of the IPv4 header, or an IPv6 header of
   * its own in front of the transport header, if the packet has none yet.
   *
   * @param units packets that are fragmented, each under an identification of its own
   */
  private void prepareFragmentHeader(Headers headers, int units) {
    fragmentBase = headers.fragmentOffset();
    fragmentMore = headers.hasMoreFragments();
    if (ipVersion == 4) {
      prepareIpv4Fragments(units);
      return;
    }
    fragmentHeaderBytes = Ipv6.FRAGMENT_HEADER_LENGTH;
    long present = headers.fragmentHeaderOffset();
    if (present >= 0) {
      fragmentNextHeader = Bytes.u8(source, present);
      fragmentIdentification = Bytes.i32(source, present + 4);
    } else {
      fragmentNamedAt = lastNextHeaderField();
      fragmentNextHeader = Bytes.u8(template, fragmentNamedAt);
      fragmentIdentification = nextIdentification;
      nextIdentification += units;
      Bytes.putU8(template, fragmentNamedAt, IpProtocol.FRAGMENT);
    }
  }

  /** Returns where in the template the last IPv6 header names what follows it. */
  private int lastNextHeaderField() {
    int field = IPV6_NEXT_HEADER;
    int at = Ipv6.HEADER_LENGTH;
    while (at < ipBytes) {
      int units = Bytes.u8(template, at + 1L);
      boolean authentication = Bytes.u8(template, field) == IpProtocol.AUTHENTICATION;
      field = at;
      at += authentication ? (units + 2) << 2 : (units + 1) << 3;
    }
    return field;
  }

  private void prepareIpv4Fragments(int units) {
    int word = Ipv4.fragmentWord(template, 0);
    fragmentHeaderBytes = 0;
    fragmentFlags = word & ~(Ipv4.FRAGMENT_OFFSET_MASK | Ipv4.FLAG_MORE_FRAGMENTS);
    if (identification == 0 && (word & Ipv4.FLAG_DONT_FRAGMENT) != 0) {
      identification = nextIdentification & 0xFFFF;
      nextIdentification += units;
    }
    Ipv4.fragmentWord(template, 0, 0);
    ipHeaderSum = Checksum.sum(template, 0, ipBytes);
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
    wholeUnitBytesMax = bytesMax - ipBytes;
    pieceBytesMax = (wholeUnitBytesMax - fragmentHeaderBytes) & ~7;
    int unit = unitHeaderBytes + unitBytes;
    pieces = piecesOf(unit);
    pieceBytes = even ? ((unit + pieces - 1) / pieces + 7) & ~7 : pieceBytesMax;
    count = (units - 1) * pieces + piecesOf(unitHeaderBytes + payloadOf(units - 1));
    return count;
  }

  private int piecesOf(int bytes) {
    return bytes <= wholeUnitBytesMax ? 1 : (bytes + pieceBytesMax - 1) / pieceBytesMax;
  }

  /** Computes the checksum that the sender left to the device. */
  private void completeChecksum(Frame frame, Headers headers, long end, boolean complete) {
    long start = frame.offset() + frame.checksumStart();
    long at = start + frame.checksumOffset();
    boolean sctp = headers.protocol() == IpProtocol.SCTP;
    int field = sctp ? Integer.BYTES : Short.BYTES;
    if (!complete || end < headers.ipEnd() || start < packetOffset || at + field > end) {
      events.add(SegmentEvent.CHECKSUM_INCOMPLETE);
      return;
    }
    events.add(SegmentEvent.CHECKSUM_COMPLETED);
    patchAt = (int) (at - packetOffset);
    if (sctp) {
      patchValue = Crc32c.ofSctp(source, start, (int) (end - start), (int) (at - start));
    } else {
      // The field holds the pseudo-header's sum, so it is summed with the rest.
      int checksum = Checksum.finish(Checksum.sum(source, start, (int) (end - start)));
      patchValue = frame.checksumOffset() == Udp.CHECKSUM_OFFSET ? nonZero(checksum) : checksum;
    }
    patchBytes = field;
  }

  /**
   * Zero would say "no checksum" in UDP; both mean the same in the arithmetic. In TCP all ones are
   * no checksum that a sender computes (RFC 1624 section 3), though the kernel's help for devices
   * writes them there, too.
   */
  private static int nonZero(int checksum) {
    return checksum == 0 ? 0xFFFF : checksum;
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
      case TCP_SEGMENTS, DATAGRAMS -> headerBytes + payloadOf(index);
      case FRAGMENTS -> ipBytes + fragmentHeaderBytes(index / pieces) + pieceLength(index);
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
    return piecesOf(unitHeaderBytes + payloadOf(unit)) == 1 ? 0 : fragmentHeaderBytes;
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
    patch(target, offset, 0, length);
  }

  /**
   * Fills in the checksum when it stands within {@code length} bytes from packet byte {@code from}.
   */
  private void patch(MemorySegment target, long offset, int from, int length) {
    if (patchAt < from || patchAt + patchBytes > from + length) {
      return;
    }
    long at = offset + patchAt - from;
    if (patchBytes == Short.BYTES) {
      Bytes.putU16(target, at, patchValue);
    } else {
      Bytes.putI32(target, at, patchValue);
    }
  }

  private void writeTcp(int index, MemorySegment target, long offset) {
    int start = index * unitBytes;
    int payload = payloadOf(index);
    long tcp = ipBytes;
    int flags = tcpFlags;
    if (index > 0) {
      flags &= ~Tcp.CWR;
    }
    if (index < count - 1) {
      flags &= ~(Tcp.FIN | Tcp.PSH);
    }
    writeIpHeader(headerBytes + payload, index);
    Tcp.sequence(template, tcp, sequence + start);
    Tcp.flags(template, tcp, flags);
    Bytes.putU16(template, tcp + Tcp.CHECKSUM_OFFSET, 0);
    int transport = headerBytes - ipBytes;
    long sum =
        pseudoSum
            + Checksum.word(transport + payload)
            + Checksum.sum(template, tcp, transport)
            + Checksum.sum(source, payloadOffset + start, payload);
    Bytes.putU16(template, tcp + Tcp.CHECKSUM_OFFSET, Checksum.finish(sum));
    copyOut(target, offset, start, payload);
  }

  private void writeDatagram(int index, MemorySegment target, long offset) {
    int start = index * unitBytes;
    int payload = payloadOf(index);
    writeIpHeader(headerBytes + payload, index);
    writeUdpHeader(start, payload);
    copyOut(target, offset, start, payload);
  }

  private void writeUdpHeader(int start, int payload) {
    long udp = ipBytes;
    int length = Udp.HEADER_LENGTH + payload;
    Udp.length(template, udp, length);
    Bytes.putU16(template, udp + Udp.CHECKSUM_OFFSET, 0);
    if (udpChecksum) {
      long sum =
          pseudoSum
              + Checksum.word(length)
              + Checksum.sum(template, udp, Udp.HEADER_LENGTH)
              + Checksum.sum(source, payloadOffset + start, payload);
      Bytes.putU16(template, udp + Udp.CHECKSUM_OFFSET, nonZero(Checksum.finish(sum)));
    }
  }

  /** Sets length, identification and checksum of the template's IP header. */
  private void writeIpHeader(int length, int identificationStep) {
    if (ipVersion == 4) {
      int id = identification + identificationStep & 0xFFFF;
      Ipv4.totalLength(template, 0, length);
      Ipv4.identification(template, 0, id);
      Bytes.putU16(
          template,
          IPV4_CHECKSUM,
          Checksum.finish(ipHeaderSum + Checksum.word(length) + Checksum.word(id)));
    } else {
      Ipv6.payloadLength(template, 0, length - Ipv6.HEADER_LENGTH);
    }
  }

  private void copyOut(MemorySegment target, long offset, int start, int payload) {
    int header = Math.min(headerBytes, keptBytesMax);
    Bytes.copy(template, 0, target, offset, header);
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
    int header = writeFragmentHeaders(target, offset, unit, length, fragmentBase + at, more);
    int kept = Math.min(length, keptBytesMax - header);
    long body = offset + header;
    if (!datagramFragments) {
      Bytes.copy(source, payloadOffset + at, target, body, kept);
      patch(target, body, (int) (payloadOffset - packetOffset) + at, kept);
    } else if (piece == 0) {
      int head = Math.min(unitHeaderBytes, kept);
      Bytes.copy(template, ipBytes, target, body, head);
      Bytes.copy(source, payloadOffset + unitStart, target, body + head, kept - head);
    } else {
      Bytes.copy(source, payloadOffset + unitStart + at - unitHeaderBytes, target, body, kept);
    }
  }

  /** Returns bytes written, as far as they are kept. */
  private int writeFragmentHeaders(
      MemorySegment target, long offset, int unit, int length, int payloadAt, boolean more) {
    if (ipVersion == 4) {
      writeIpv4FragmentWords(unit, length, payloadAt >> 3, more);
      return copyKept(0, target, offset, ipBytes, 0);
    }
    int fragmentHeader = fragmentHeaderBytes(unit);
    Ipv6.payloadLength(template, 0, ipBytes - Ipv6.HEADER_LENGTH + fragmentHeader + length);
    if (fragmentHeader == 0) {
      Bytes.putU8(template, fragmentNamedAt, fragmentNextHeader);
      return copyKept(0, target, offset, ipBytes, 0);
    }
    Bytes.putU8(template, FRAGMENT_HEADER_AT, fragmentNextHeader);
    Bytes.putU8(template, FRAGMENT_HEADER_AT + 1L, 0);
    Bytes.putU16(template, FRAGMENT_HEADER_AT + 2L, (payloadAt & ~7) | (more ? 1 : 0));
    Bytes.putI32(template, FRAGMENT_HEADER_AT + 4L, fragmentIdentification + unit);
    int written = copyKept(0, target, offset, ipBytes, 0);
    return copyKept(FRAGMENT_HEADER_AT, target, offset, fragmentHeader, written);
  }

  /** Copies from the template behind what is written; returns what is written then. */
  private int copyKept(int from, MemorySegment target, long offset, int bytes, int written) {
    int kept = Math.min(bytes, keptBytesMax - written);
    Bytes.copy(template, from, target, offset + written, kept);
    return written + kept;
  }

  private void writeIpv4FragmentWords(int unit, int length, int eighths, boolean more) {
    int word = fragmentFlags | eighths | (more ? Ipv4.FLAG_MORE_FRAGMENTS : 0);
    int id = identification + unit & 0xFFFF;
    Ipv4.totalLength(template, 0, ipBytes + length);
    Ipv4.identification(template, 0, id);
    Ipv4.fragmentWord(template, 0, word);
    long sum =
        ipHeaderSum + Checksum.word(ipBytes + length) + Checksum.word(id) + Checksum.word(word);
    Bytes.putU16(template, IPV4_CHECKSUM, Checksum.finish(sum));
  }
}
