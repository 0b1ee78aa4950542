/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.PacketEnds;
import java.lang.foreign.MemorySegment;

/**
 * The packet at hand on its way through the tracker: what is known of it before, and what became of
 * it. Moved from packet to packet; allocates nothing. One thread.
 */
public final class Packet {

  private static final int IPV6_ADDRESS_LENGTH = 16;

  MemorySegment segment = MemorySegment.NULL;
  final Headers headers;

  /** Time for records: when it was captured. */
  long timeNs;

  /** Time for timers: when it was received. Never goes back. */
  long clockNs;

  int tap = Flow.NO_TAP;
  boolean checksumsKnown;

  /**
   * Whether a packet that is shorter than its header says was cut on purpose, by a tap's policy.
   */
  boolean cutsExpected;

  int ipLength;
  long payloadOffset;
  int payloadLength;
  int capturedLength;
  boolean counted;
  boolean fromOriginator;

  /**
   * @param headers located again for each packet, before it is tracked
   */
  public Packet(Headers headers) {
    this.headers = headers;
  }

  /**
   * States when the packet came and from whom.
   *
   * @param timeNs when it was captured, nanoseconds since 1970 by the clock of the capture
   * @param clockNs when it was received, by the receiver's clock; in a file, the same
   * @param tap who sent it, or {@link Flow#NO_TAP}
   * @param cutsExpected whether what is missing at its end was cut on purpose
   */
  public void begin(long timeNs, long clockNs, int tap, boolean cutsExpected) {
    this.timeNs = timeNs;
    this.clockNs = clockNs;
    this.tap = tap;
    this.cutsExpected = cutsExpected;
  }

  /**
   * States where the packet is.
   *
   * @param checksumsKnown whether the checksums are vouched for, or not filled in yet
   */
  public void wrap(MemorySegment segment, boolean checksumsKnown) {
    this.segment = segment;
    this.checksumsKnown = checksumsKnown;
    counted = false;
    long at = headers.transportOffset();
    ipLength = isLengthUnsaid() ? 0 : (int) (ipEnd() - headers.ipOffset());
    payloadOffset = at;
    payloadLength = (int) (headers.ipEnd() - at);
    capturedLength = (int) (Math.min(headers.captureEnd(), headers.ipEnd()) - at);
  }

  /**
   * Returns whether the header of a packet in a capture says that it has no length: its payload is
   * what the frame holds, but Zeek counts none of its bytes. Of a tap's packet, which an offload
   * may have left so, the frame's length counts.
   */
  private boolean isLengthUnsaid() {
    return !cutsExpected
        && headers.ipVersion() == 4
        && Ipv4.totalLength(segment, headers.ipOffset()) == 0;
  }

  /**
   * Returns where the packet ends by its own word. A length of zero means the frame's length to TCP
   * and UDP alone, whose segments an offload may leave uncut.
   */
  private long ipEnd() {
    boolean empty =
        headers.ipVersion() == 6
            && Ipv6.payloadLength(segment, headers.ipOffset()) == 0
            && headers.protocol() != IpProtocol.TCP
            && headers.protocol() != IpProtocol.UDP;
    return empty ? headers.ipOffset() + Ipv6.HEADER_LENGTH : headers.ipEnd();
  }

  /** Steps over a header of the transport layer. */
  void skip(int headerLength) {
    payloadOffset += headerLength;
    payloadLength -= headerLength;
    capturedLength -= headerLength;
  }

  /** Returns whether bytes at its end are missing. */
  boolean isCut() {
    return capturedLength < payloadLength;
  }

  /** Returns whether the checksum of the whole IP payload is wrong. */
  boolean isChecksumBad(int protocol) {
    long sum = Checksum.sum(segment, payloadOffset, payloadLength);
    if (protocol != IpProtocol.ICMP) {
      long ip = headers.ipOffset();
      sum +=
          headers.ipVersion() == 4
              ? Checksum.pseudoIpv4(segment, ip, protocol, payloadLength)
              : pseudoIpv6(protocol);
    }
    return Checksum.finish(sum) != 0;
  }

  private long pseudoIpv6(int protocol) {
    if (PacketEnds.isPlain(headers)) {
      return Checksum.pseudoIpv6(segment, headers.ipOffset(), protocol, payloadLength);
    }
    return Checksum.sum(segment, PacketEnds.sourceOffset(segment, headers), IPV6_ADDRESS_LENGTH)
        + Checksum.sum(segment, PacketEnds.destinationOffset(segment, headers), IPV6_ADDRESS_LENGTH)
        + Checksum.word(protocol)
        + Checksum.word(payloadLength)
        + Checksum.word(payloadLength >>> 16);
  }

  /** Returns its headers, located again for each packet. */
  public Headers headers() {
    return headers;
  }

  /** Returns whether it is a UDP datagram that the tracker has counted with a flow. */
  public boolean isDatagram() {
    return counted && headers.protocol() == IpProtocol.UDP;
  }

  /** Returns whether the flow's originator sent it; of a datagram. */
  public boolean isFromOriginator() {
    return fromOriginator;
  }

  /** Returns where its payload begins; of a datagram. */
  public long payloadOffset() {
    return payloadOffset;
  }

  /** Returns how many bytes of its payload are there; of a datagram. */
  public int payloadCaptured() {
    return Math.min(payloadLength, capturedLength);
  }
}
