/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

import java.lang.foreign.MemorySegment;

/**
 * A moved view of one captured frame, with what the kernel or the capture file knows about it.
 *
 * <p>The bytes belong to the source that wrapped them (a ring block, a mapped file) and are valid
 * until the handler's {@link FrameHandler#onBatchEnd} has returned. The view itself is reused for
 * the next frame at once: whoever wants to keep a fact copies it. One thread.
 *
 * @see "linux/if_packet.h (tpacket3_hdr); linux/virtio_net.h (virtio_net_hdr)"
 */
public final class Frame {

  /** Not a super-frame: the bytes are what is on the wire, apart from checksum and VLAN tag. */
  public static final int GSO_NONE = 0;

  /** TCP over IPv4, {@code VIRTIO_NET_HDR_GSO_TCPV4}. */
  public static final int GSO_TCPV4 = 1;

  /** UDP fragmentation offload, {@code VIRTIO_NET_HDR_GSO_UDP}: cut into IP fragments. */
  public static final int GSO_UDP = 3;

  /** TCP over IPv6, {@code VIRTIO_NET_HDR_GSO_TCPV6}. */
  public static final int GSO_TCPV6 = 4;

  /** UDP segmentation, {@code VIRTIO_NET_HDR_GSO_UDP_L4}: cut into datagrams. */
  public static final int GSO_UDP_L4 = 5;

  /** Flag beside a kind: the first segment carries CWR alone, {@code VIRTIO_NET_HDR_GSO_ECN}. */
  public static final int GSO_ECN = 0x80;

  private MemorySegment segment = MemorySegment.NULL;
  private long offset;
  private int length;
  private int originalLength;
  private long timestampNs;
  private long receivedNs;
  private long clockOffsetNs;
  private boolean originalLengthKnown;
  private int linkType;
  private int interfaceIndex;
  private boolean outgoing;
  private int vlanTpid;
  private int vlanTci;
  private int gsoType;
  private int gsoSize;
  private boolean checksumNeeded;
  private int checksumStart;
  private int checksumOffset;

  /** Moves this view to a frame and forgets every offload fact of the one before. */
  public Frame wrap(
      MemorySegment segment, long offset, int length, int originalLength, long timestampNs) {
    this.segment = segment;
    this.offset = offset;
    this.length = length;
    this.originalLength = originalLength;
    this.timestampNs = timestampNs;
    this.receivedNs = timestampNs;
    this.clockOffsetNs = 0;
    this.originalLengthKnown = true;
    this.vlanTpid = 0;
    this.vlanTci = 0;
    this.gsoType = GSO_NONE;
    this.gsoSize = 0;
    this.checksumNeeded = false;
    return this;
  }

  /** States when the frame was received, by the receiver's clock; else it is the capture time. */
  public Frame received(long timeNs) {
    this.receivedNs = timeNs;
    return this;
  }

  /** States how far the receiver's clock is ahead of that of the capture, as far as it is known. */
  public Frame clockOffset(long offsetNs) {
    this.clockOffsetNs = offsetNs;
    return this;
  }

  /** States that the original length is at least what was said: the capture may have cut more. */
  public Frame originalLengthUnknown() {
    this.originalLengthKnown = false;
    return this;
  }

  /** States where the frame was seen; stays until it is stated anew. */
  public Frame origin(int linkType, int interfaceIndex, boolean outgoing) {
    this.linkType = linkType;
    this.interfaceIndex = interfaceIndex;
    this.outgoing = outgoing;
    return this;
  }

  /** States the VLAN tag that the network device has stripped from the frame. */
  public Frame vlan(int tpid, int tci) {
    this.vlanTpid = tpid;
    this.vlanTci = tci;
    return this;
  }

  /** States that the frame is a super-frame of {@code size} payload bytes a segment. */
  public Frame gso(int type, int size) {
    this.gsoType = type;
    this.gsoSize = size;
    return this;
  }

  /**
   * States that a checksum is still to be filled in.
   *
   * @param start where summing begins, bytes from the start of the frame
   * @param offset where the sum goes, bytes from {@code start}
   */
  public Frame checksumNeeded(int start, int offset) {
    this.checksumNeeded = true;
    this.checksumStart = start;
    this.checksumOffset = offset;
    return this;
  }

  /** Returns the memory that the frame stands in. */
  public MemorySegment segment() {
    return segment;
  }

  /** Returns where in {@link #segment} the frame's link-layer header begins. */
  public long offset() {
    return offset;
  }

  /** Returns how many bytes were captured. */
  public int length() {
    return length;
  }

  /** Returns how many bytes the frame had before the capture cut it. */
  public int originalLength() {
    return originalLength;
  }

  /** Returns whether {@link #originalLength} is exact, and no lower bound. */
  public boolean isOriginalLengthKnown() {
    return originalLengthKnown;
  }

  /** Returns when the frame was received, nanoseconds since 1970 by the receiver's clock. */
  public long receivedNs() {
    return receivedNs;
  }

  /** Returns how far the receiver's clock is ahead of that of the capture; 0 when not known. */
  public long clockOffsetNs() {
    return clockOffsetNs;
  }

  /** Returns the capture time, nanoseconds since 1970. */
  public long timestampNs() {
    return timestampNs;
  }

  /** Returns one of {@link LinkType}. */
  public int linkType() {
    return linkType;
  }

  /** Returns which of the source's interfaces saw the frame, counted from zero. */
  public int interfaceIndex() {
    return interfaceIndex;
  }

  /** Returns whether the captured host sent the frame. */
  public boolean isOutgoing() {
    return outgoing;
  }

  /** Returns whether a VLAN tag was stripped from the frame. */
  public boolean hasVlan() {
    return vlanTpid != 0;
  }

  /** Returns the EtherType of the stripped tag, or 0. */
  public int vlanTpid() {
    return vlanTpid;
  }

  /** Returns the sixteen bits of the stripped tag. */
  public int vlanTci() {
    return vlanTci;
  }

  /** Returns the kind of super-frame, one of the {@code GSO_} values without {@link #GSO_ECN}. */
  public int gsoType() {
    return gsoType & ~GSO_ECN;
  }

  /** Returns payload bytes of one segment of a super-frame, or 0. */
  public int gsoSize() {
    return gsoSize;
  }

  /** Returns whether the transport checksum is still to be filled in. */
  public boolean isChecksumNeeded() {
    return checksumNeeded;
  }

  /** Returns where summing begins, bytes from the start of the frame. */
  public int checksumStart() {
    return checksumStart;
  }

  /** Returns where the checksum goes, bytes from {@link #checksumStart}. */
  public int checksumOffset() {
    return checksumOffset;
  }
}
