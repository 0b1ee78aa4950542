/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import io.podtap.core.packet.Frame;

/**
 * What a program may ask about a packet that does not stand in its bytes. Reused from packet to
 * packet; one thread.
 *
 * @see "linux/filter.h (SKF_AD_)"
 */
public final class PacketFacts {

  int originalLength;
  int protocol = -1;
  int packetKind;
  int interfaceIndex;
  int mark;
  int vlanTpid;
  int vlanTci;

  /** States how long the packet was; forgets all other facts. */
  public PacketFacts reset(int originalLength) {
    this.originalLength = originalLength;
    protocol = -1;
    packetKind = 0;
    interfaceIndex = 0;
    mark = 0;
    vlanTpid = 0;
    vlanTci = 0;
    return this;
  }

  /** Takes over what a frame knows. */
  public PacketFacts of(Frame frame) {
    reset(frame.originalLength());
    packetKind = frame.isOutgoing() ? BpfProgram.PACKET_OUTGOING : 0;
    interfaceIndex = frame.interfaceIndex();
    vlanTpid = frame.vlanTpid();
    vlanTci = frame.vlanTci();
    return this;
  }

  /** States the EtherType as the kernel knows it; by default it is read from an Ethernet header. */
  public PacketFacts protocol(int protocol) {
    this.protocol = protocol;
    return this;
  }

  /** States the {@code PACKET_} kind: 0 for this host, 4 for outgoing. */
  public PacketFacts packetKind(int packetKind) {
    this.packetKind = packetKind;
    return this;
  }

  /** States the kernel's index of the interface. */
  public PacketFacts interfaceIndex(int interfaceIndex) {
    this.interfaceIndex = interfaceIndex;
    return this;
  }

  /** States the mark that the sending socket gave the packet. */
  public PacketFacts mark(int mark) {
    this.mark = mark;
    return this;
  }

  /** States the VLAN tag that was taken out of the packet; a type of 0 means none. */
  public PacketFacts vlan(int tpid, int tci) {
    this.vlanTpid = tpid;
    this.vlanTci = tci;
    return this;
  }
}
