/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.encapsulate;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import java.lang.foreign.MemorySegment;

/**
 * The inner frame's Ethernet header: the captured one, with the VLAN tag that the network device
 * has stripped put back in front of any other; or, where the capture had none, one made from the
 * tap's id. A view of the frame located last; one thread.
 */
public final class LinkHeader {

  private static final int ADDRESSES_LENGTH = 12;
  private static final long LOCALLY_ADMINISTERED = 0x02_00_00_00_00_00L;

  private final long ownAddress;
  private final long peerAddress;

  private MemorySegment source = MemorySegment.NULL;
  private long offset;
  private int capturedLength;
  private long packetOffset;
  private int vlanTpid;
  private int vlanTci;
  private boolean synthetic;
  private boolean outgoing;
  private int etherType;

  /**
   * @param tapId makes the addresses of synthetic headers: {@code 02:00:ID} stands for the captured
   *     host, {@code 02:01:ID} for whoever it talks to
   */
  public LinkHeader(int tapId) {
    ownAddress = LOCALLY_ADMINISTERED | Integer.toUnsignedLong(tapId);
    peerAddress = ownAddress | 1L << 32;
  }

  /**
   * Finds the header of a frame.
   *
   * @return false when there is none to send: the frame is too short, or its kind is unknown
   */
  public boolean locate(Frame frame, Headers headers) {
    source = frame.segment();
    offset = frame.offset();
    vlanTpid = frame.vlanTpid();
    vlanTci = frame.vlanTci();
    synthetic = frame.linkType() != LinkType.ETHERNET;
    outgoing = frame.isOutgoing();
    etherType = headers.etherType();
    if (synthetic) {
      packetOffset = headers.ipOffset();
      return packetOffset >= 0 && etherType >= Ethernet.TYPE_MIN;
    }
    if (frame.length() < Ethernet.HEADER_LENGTH) {
      return false;
    }
    packetOffset = headers.ipOffset() >= 0 ? headers.ipOffset() : offset + Ethernet.HEADER_LENGTH;
    capturedLength = (int) (packetOffset - offset);
    return true;
  }

  /** Returns where the bytes behind the captured link-layer header begin. */
  public long packetOffset() {
    return packetOffset;
  }

  /** Returns bytes that {@link #write} writes. */
  public int length() {
    int tag = vlanTpid != 0 ? Ethernet.VLAN_TAG_LENGTH : 0;
    return tag + (synthetic ? Ethernet.HEADER_LENGTH : capturedLength);
  }

  /** Writes the header. */
  public void write(MemorySegment target, long at) {
    if (synthetic) {
      writeSynthetic(target, at);
    } else if (vlanTpid == 0) {
      Bytes.copy(source, offset, target, at, capturedLength);
    } else {
      Bytes.copy(source, offset, target, at, ADDRESSES_LENGTH);
      putTag(target, at + ADDRESSES_LENGTH);
      Bytes.copy(
          source,
          offset + ADDRESSES_LENGTH,
          target,
          at + ADDRESSES_LENGTH + Ethernet.VLAN_TAG_LENGTH,
          capturedLength - ADDRESSES_LENGTH);
    }
  }

  private void writeSynthetic(MemorySegment target, long at) {
    long destination = outgoing ? peerAddress : ownAddress;
    long from = outgoing ? ownAddress : peerAddress;
    if (vlanTpid == 0) {
      Ethernet.put(target, at, destination, from, etherType);
    } else {
      Ethernet.put(target, at, destination, from, vlanTpid);
      putTag(target, at + ADDRESSES_LENGTH);
      Bytes.putU16(target, at + Ethernet.HEADER_LENGTH + 2, etherType);
    }
  }

  private void putTag(MemorySegment target, long at) {
    Bytes.putU16(target, at, vlanTpid);
    Bytes.putU16(target, at + 2, vlanTci);
  }
}
