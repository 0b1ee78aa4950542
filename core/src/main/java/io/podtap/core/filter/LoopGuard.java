/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import static io.podtap.core.filter.BpfProgram.ABSOLUTE;
import static io.podtap.core.filter.BpfProgram.ADD;
import static io.podtap.core.filter.BpfProgram.ALU;
import static io.podtap.core.filter.BpfProgram.ANCILLARY;
import static io.podtap.core.filter.BpfProgram.AND;
import static io.podtap.core.filter.BpfProgram.BYTE;
import static io.podtap.core.filter.BpfProgram.HALF;
import static io.podtap.core.filter.BpfProgram.INDIRECT;
import static io.podtap.core.filter.BpfProgram.JUMP_EQUAL;
import static io.podtap.core.filter.BpfProgram.JUMP_GREATER;
import static io.podtap.core.filter.BpfProgram.JUMP_GREATER_OR_EQUAL;
import static io.podtap.core.filter.BpfProgram.JUMP_SET;
import static io.podtap.core.filter.BpfProgram.LD;
import static io.podtap.core.filter.BpfProgram.LDX;
import static io.podtap.core.filter.BpfProgram.LENGTH;
import static io.podtap.core.filter.BpfProgram.MEMORY;
import static io.podtap.core.filter.BpfProgram.MISC;
import static io.podtap.core.filter.BpfProgram.RET;
import static io.podtap.core.filter.BpfProgram.SHIFT_LEFT;
import static io.podtap.core.filter.BpfProgram.STX;
import static io.podtap.core.filter.BpfProgram.SUBTRACT;
import static io.podtap.core.filter.BpfProgram.WITH_X;
import static io.podtap.core.filter.BpfProgram.WORD;

import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.LinkType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a tap from mirroring its own tunnel: instructions in front of the user's program that drop
 * what the tap itself sends, and ICMP errors that quote it. Everything else passes on, other
 * tunnels to the same port too.
 *
 * <p>The mark is exact: packets of sockets that carry it, whatever they look like. Where marking is
 * not permitted, and for what comes back, own traffic is told by protocol, remote address and port,
 * and local ports; in IPv4 and IPv6, also behind one VLAN tag in the bytes; never in fragments,
 * since the tunnel sends none. Sensors are so many at times that their addresses are more than the
 * kernel takes; then remote and local ports alone must do: the local ones are nobody else's in this
 * network namespace.
 *
 * <p>How a packet passes through, jumps being forward only:
 *
 * <pre>
 * mark is ours ------------------------------------------&gt; drop
 * network header: ICMP error? the header that it quotes --+
 *                 else: comes from a sensor? ----&gt; drop   |
 *                 marks are on all? --------------&gt; pass   |
 *                 goes to a sensor? &lt;----------------------+-&gt; drop
 * pass: the user's program
 * </pre>
 *
 * @param mark the mark of the tap's sockets, when they may have one
 * @param ownTraffic what the tap sends and receives
 * @see "socket(7) (SO_MARK); linux/filter.h (SKF_AD_MARK); RFC 792; RFC 4443 section 3"
 */
public record LoopGuard(OptionalInt mark, List<OwnTraffic> ownTraffic) {

  /** Guards against nothing: a source that cannot see the tap's packets. */
  public static final LoopGuard NONE = new LoopGuard(OptionalInt.empty(), List.of());

  private static final int SCRATCH_NETWORK_OFFSET = 0;
  private static final int SCRATCH_TRANSPORT_OFFSET = 1;
  private static final int ETHER_TYPE = 12;
  private static final int IPV4_PROTOCOL = 9;
  private static final int IPV4_FRAGMENT = 6;
  private static final int IPV4_SOURCE = 12;
  private static final int IPV4_DESTINATION = 16;
  private static final int IPV4_FRAGMENT_BITS = 0x3FFF;
  private static final int IPV6_NEXT_HEADER = 6;
  private static final int IPV6_SOURCE = 8;
  private static final int IPV6_DESTINATION = 24;
  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;
  private static final int IPV4_FRAGMENT_OFFSET_BITS = 0x1FFF;
  private static final int PORTS = 4;
  private static final int ICMP_HEADER = 8;

  /** Unreachable, source quench, redirect, time exceeded, parameter problem. */
  private static final int[] ICMP_ERRORS = {3, 4, 5, 11, 12};

  private static final int ICMPV6_FIRST_NO_ERROR = 128;

  public LoopGuard {
    ownTraffic = List.copyOf(ownTraffic);
  }

  /** Written out, as hashCode is: a record's own are method handles, spun when a tap starts. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoopGuard guard
        && mark.equals(guard.mark)
        && ownTraffic.equals(guard.ownTraffic);
  }

  @Override
  public int hashCode() {
    return 31 * mark.hashCode() + ownTraffic.hashCode();
  }

  /** Guards by mark alone. */
  public static LoopGuard byMark(int mark) {
    return new LoopGuard(OptionalInt.of(mark), List.of());
  }

  /** Guards by mark, and against answers to own traffic. */
  public static LoopGuard byMark(int mark, List<OwnTraffic> ownTraffic) {
    return new LoopGuard(OptionalInt.of(mark), ownTraffic);
  }

  /** Guards by addresses and ports alone. */
  public static LoopGuard byOwnTraffic(List<OwnTraffic> ownTraffic) {
    return new LoopGuard(OptionalInt.empty(), ownTraffic);
  }

  /**
   * Returns the program that drops own traffic and leaves the rest to {@code user}.
   *
   * @param linkType {@link LinkType#ETHERNET}, or a kind whose frames begin with the IP header
   * @param loopback whether of {@code lo}, where each packet shows up leaving and arriving: the
   *     leaving one is dropped
   * @throws IllegalArgumentException when the result is longer than the kernel takes
   */
  public BpfProgram protect(BpfProgram user, int linkType, boolean loopback) {
    if (mark.isEmpty() && ownTraffic.isEmpty() && !loopback) {
      return user;
    }
    Assembler exact = assemble(user, linkType, loopback, true);
    return exact.size() <= BpfProgram.INSTRUCTIONS_MAX
        ? exact.assemble()
        : assemble(user, linkType, loopback, false).assemble();
  }

  private Assembler assemble(
      BpfProgram user, int linkType, boolean loopback, boolean withAddresses) {
    Assembler code = new Assembler();
    int pass = code.label();
    int drop = code.label();
    if (loopback) {
      code.statement(LD | WORD | ABSOLUTE, ANCILLARY + BpfProgram.ANCILLARY_PACKET_KIND);
      code.jumpIf(JUMP_EQUAL, BpfProgram.PACKET_OUTGOING, drop);
    }
    if (mark.isPresent()) {
      code.statement(LD | WORD | ABSOLUTE, ANCILLARY + BpfProgram.ANCILLARY_MARK);
      code.jumpIf(JUMP_EQUAL, mark.getAsInt(), drop);
    }
    if (!ownTraffic.isEmpty()) {
      dropOwnTraffic(code, linkType, withAddresses, pass, drop);
    }
    code.jump(pass);
    code.place(drop);
    code.statement(RET, 0);
    code.place(pass);
    code.append(user);
    return code;
  }

  private void dropOwnTraffic(
      Assembler code, int linkType, boolean withAddresses, int pass, int drop) {
    int ipv4 = code.label();
    int ipv6 = code.label();
    if (linkType == LinkType.ETHERNET) {
      toNetworkHeader(code, ipv4, ipv6, pass);
    } else {
      code.statement(LDX, 0);
      code.statement(STX, SCRATCH_NETWORK_OFFSET);
      code.statement(LD | BYTE | ABSOLUTE, 0);
      code.statement(ALU | AND, 0xF0);
      code.jumpIf(JUMP_EQUAL, 0x40, ipv4);
      code.jumpIf(JUMP_EQUAL, 0x60, ipv6);
    }
    code.jump(pass);
    code.place(ipv4);
    dropOwnTraffic(code, ofFamily(4, withAddresses), true, pass, drop);
    code.jump(pass);
    code.place(ipv6);
    dropOwnTraffic(code, ofFamily(16, withAddresses), false, pass, drop);
  }

  private void dropOwnTraffic(
      Assembler code, List<OwnGroup> groups, boolean ipv4, int pass, int drop) {
    if (groups.isEmpty()) {
      return;
    }
    int direct = code.label();
    int towardsSensor = code.label();
    requireBytes(code, ipv4 ? IPV4_HEADER : IPV6_HEADER, pass);
    if (ipv4) {
      code.statement(LD | HALF | INDIRECT, IPV4_FRAGMENT);
      code.jumpIf(JUMP_SET, IPV4_FRAGMENT_BITS, pass);
    }
    code.statement(LD | BYTE | INDIRECT, ipv4 ? IPV4_PROTOCOL : IPV6_NEXT_HEADER);
    code.jumpUnless(JUMP_EQUAL, ipv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, direct);
    toQuotedHeader(code, ipv4, pass);
    code.jump(towardsSensor);
    code.place(direct);
    dropDirection(code, groups, ipv4, false, pass, drop);
    if (mark.isPresent()) { // which has told what goes out, but for sockets that cannot carry it
      List<OwnGroup> unmarked = groups.stream().filter(OwnGroup::isUnmarked).toList();
      if (!unmarked.isEmpty()) {
        dropDirection(code, unmarked, ipv4, true, pass, drop);
      }
      code.jump(pass);
    }
    code.place(towardsSensor);
    dropDirection(code, groups, ipv4, true, pass, drop);
  }

  /** From an ICMP error to the header of the packet that it is about; other ICMP passes. */
  private static void toQuotedHeader(Assembler code, boolean ipv4, int pass) {
    toTransportHeader(code, ipv4);
    requireBytes(code, ICMP_HEADER + (ipv4 ? IPV4_HEADER : IPV6_HEADER), pass);
    code.statement(LD | BYTE | INDIRECT, 0);
    if (ipv4) {
      int error = code.label();
      for (int type : ICMP_ERRORS) {
        code.jumpIf(JUMP_EQUAL, type, error);
      }
      code.jump(pass);
      code.place(error);
    } else {
      code.jumpIf(JUMP_GREATER_OR_EQUAL, ICMPV6_FIRST_NO_ERROR, pass);
    }
    code.statement(MISC | BpfProgram.TXA, 0);
    code.statement(ALU | ADD, ICMP_HEADER);
    code.statement(MISC, 0);
    code.statement(STX, SCRATCH_NETWORK_OFFSET);
    code.statement(LD | BYTE | INDIRECT, 0);
    code.statement(ALU | AND, 0xF0);
    code.jumpUnless(JUMP_EQUAL, ipv4 ? 0x40 : 0x60, pass);
    if (ipv4) {
      code.statement(LD | HALF | INDIRECT, IPV4_FRAGMENT);
      code.jumpIf(JUMP_SET, IPV4_FRAGMENT_OFFSET_BITS, pass);
    }
  }

  /** Leaves the network header's offset in X and in scratch memory. */
  private static void toNetworkHeader(Assembler code, int ipv4, int ipv6, int pass) {
    int tagged = code.label();
    int located = code.label();
    code.statement(LDX, Ethernet.HEADER_LENGTH);
    code.statement(LD | HALF | ABSOLUTE, ETHER_TYPE);
    code.jumpIf(JUMP_EQUAL, Ethernet.TYPE_VLAN, tagged);
    code.jumpUnless(JUMP_EQUAL, Ethernet.TYPE_QINQ, located);
    code.place(tagged);
    code.statement(LDX, Ethernet.HEADER_LENGTH + Ethernet.VLAN_TAG_LENGTH);
    requireBytes(code, 0, pass);
    code.statement(LD | HALF | ABSOLUTE, ETHER_TYPE + Ethernet.VLAN_TAG_LENGTH);
    code.place(located);
    code.statement(STX, SCRATCH_NETWORK_OFFSET);
    code.jumpIf(JUMP_EQUAL, Ethernet.TYPE_IPV4, ipv4);
    code.jumpIf(JUMP_EQUAL, Ethernet.TYPE_IPV6, ipv6);
  }

  /**
   * Leaves what is too short to the user: a load outside the packet would drop it unseen.
   *
   * @param count bytes wanted behind X
   */
  private static void requireBytes(Assembler code, int count, int tooShort) {
    code.statement(LD | LENGTH, 0);
    code.statement(ALU | SUBTRACT | WITH_X, 0);
    code.jumpIf(JUMP_SET, Integer.MIN_VALUE, tooShort);
    code.jumpUnless(JUMP_GREATER_OR_EQUAL, count, tooShort);
  }

  /** From the network header, which X points to, to the one behind it. */
  private static void toTransportHeader(Assembler code, boolean ipv4) {
    if (ipv4) {
      code.statement(LD | BYTE | INDIRECT, 0);
      code.statement(ALU | AND, 0xF);
      code.statement(ALU | SHIFT_LEFT, 2);
      code.statement(ALU | ADD | WITH_X, 0);
    } else {
      code.statement(MISC | BpfProgram.TXA, 0);
      code.statement(ALU | ADD, IPV6_HEADER);
    }
    code.statement(MISC, 0);
  }

  /** Drops what goes to a sensor, or what comes from one; the rest falls through. */
  private static void dropDirection(
      Assembler code, List<OwnGroup> groups, boolean ipv4, boolean outgoing, int pass, int drop) {
    code.statement(LDX | MEMORY, SCRATCH_NETWORK_OFFSET);
    toTransportHeader(code, ipv4);
    code.statement(STX, SCRATCH_TRANSPORT_OFFSET);
    requireBytes(code, PORTS, pass);
    for (OwnGroup group : groups) {
      int other = code.label();
      code.statement(LDX | MEMORY, SCRATCH_NETWORK_OFFSET);
      code.statement(LD | BYTE | INDIRECT, ipv4 ? IPV4_PROTOCOL : IPV6_NEXT_HEADER);
      code.jumpUnless(JUMP_EQUAL, group.protocol(), other);
      code.statement(LDX | MEMORY, SCRATCH_TRANSPORT_OFFSET);
      code.statement(LD | HALF | INDIRECT, outgoing ? 2 : 0);
      code.jumpUnless(JUMP_EQUAL, group.remotePort(), other);
      if (!group.localPorts().isEmpty()) {
        requireOneOf(code, group.localPorts(), outgoing ? 0 : 2, other);
      }
      if (group.addresses().isEmpty()) {
        code.jump(drop);
      } else {
        code.statement(LDX | MEMORY, SCRATCH_NETWORK_OFFSET);
        dropAddresses(code, group, ipv4, outgoing, drop);
      }
      code.place(other);
    }
  }

  /** Compares runs of neighbouring ports, which lanes have. */
  private static void requireOneOf(
      Assembler code, SortedSet<Integer> ports, int offset, int otherwise) {
    int found = code.label();
    code.statement(LD | HALF | INDIRECT, offset);
    int first = ports.first();
    int last = first;
    for (int port : ports) {
      if (port > last + 1) {
        jumpIfWithin(code, first, last, found);
        first = port;
      }
      last = port;
    }
    jumpIfWithin(code, first, last, found);
    code.jump(otherwise);
    code.place(found);
  }

  private static void jumpIfWithin(Assembler code, int first, int last, int label) {
    int outside = code.label();
    code.jumpUnless(JUMP_GREATER_OR_EQUAL, first, outside);
    code.jumpUnless(JUMP_GREATER, last, label);
    code.place(outside);
  }

  private static void dropAddresses(
      Assembler code, OwnGroup group, boolean ipv4, boolean outgoing, int drop) {
    if (ipv4) {
      code.statement(LD | WORD | INDIRECT, outgoing ? IPV4_DESTINATION : IPV4_SOURCE);
      for (byte[] address : group.addresses()) {
        code.jumpIf(JUMP_EQUAL, words(address).getFirst(), drop);
      }
      return;
    }
    for (byte[] address : group.addresses()) {
      int other = code.label();
      int at = outgoing ? IPV6_DESTINATION : IPV6_SOURCE;
      for (int word : words(address)) {
        code.statement(LD | WORD | INDIRECT, at);
        code.jumpUnless(JUMP_EQUAL, word, other);
        at += Integer.BYTES;
      }
      code.jump(drop);
      code.place(other);
    }
  }

  /** Own traffic with the same protocol and remote port, compared together. */
  private record OwnGroup(
      int protocol, int remotePort, SortedSet<Integer> localPorts, List<byte[]> addresses) {

    boolean isUnmarked() {
      return localPorts.isEmpty();
    }
  }

  /**
   * Groups what has addresses of so many bytes. A local port is one sensor's only, so comparing all
   * of them with all addresses is as exact as pair by pair.
   *
   * @param withAddresses false leaves them out where local ports are known
   */
  private List<OwnGroup> ofFamily(int addressBytes, boolean withAddresses) {
    Map<List<Object>, OwnGroup> groups = new LinkedHashMap<>();
    for (OwnTraffic own : ownTraffic) {
      byte[] address = own.remote().address().getAddress();
      if (address.length != addressBytes) {
        continue;
      }
      boolean anyPort = own.localPorts().isEmpty();
      OwnGroup group =
          groups.computeIfAbsent(
              List.of(own.protocol(), own.remote().port(), anyPort),
              key ->
                  new OwnGroup(
                      own.protocol(), own.remote().port(), new TreeSet<>(), new ArrayList<>()));
      group.localPorts().addAll(own.localPorts());
      if (withAddresses || anyPort) {
        group.addresses().add(address);
      }
    }
    return List.copyOf(groups.values());
  }

  private static List<Integer> words(byte[] address) {
    ByteBuffer buffer = ByteBuffer.wrap(address);
    List<Integer> words = new ArrayList<>();
    while (buffer.hasRemaining()) {
      words.add(buffer.getInt());
    }
    return words;
  }
}
