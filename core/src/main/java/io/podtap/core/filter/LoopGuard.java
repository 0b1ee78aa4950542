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
import io.podtap.core.packet.LinkType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Keeps a tap from mirroring its own tunnel: instructions in front of the user's program that drop
 * what the tap itself sends. Everything else passes on, other tunnels to the same port too.
 *
 * <p>The mark is exact: packets of sockets that carry it, whatever they look like. Where marking is
 * not permitted, own traffic is told by protocol, remote address and port, and local ports; in IPv4
 * and IPv6, also behind one VLAN tag in the bytes; never in fragments, since the tunnel sends none.
 *
 * @param mark the mark of the tap's sockets, when they may have one
 * @param ownTraffic what the tap sends and receives on sockets without a mark
 * @see "socket(7) (SO_MARK); linux/filter.h (SKF_AD_MARK)"
 */
public record LoopGuard(OptionalInt mark, List<OwnTraffic> ownTraffic) {

  /** Guards against nothing: a source that cannot see the tap's packets. */
  public static final LoopGuard NONE = new LoopGuard(OptionalInt.empty(), List.of());

  private static final int SCRATCH_NETWORK_OFFSET = 0;
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
  private static final int PORTS = 4;

  public LoopGuard {
    ownTraffic = List.copyOf(ownTraffic);
  }

  /** Guards by mark alone. */
  public static LoopGuard byMark(int mark) {
    return new LoopGuard(OptionalInt.of(mark), List.of());
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
      dropOwnTraffic(code, linkType, pass, drop);
    }
    code.jump(pass);
    code.place(drop);
    code.statement(RET, 0);
    code.place(pass);
    code.append(user);
    return code.assemble();
  }

  private void dropOwnTraffic(Assembler code, int linkType, int pass, int drop) {
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
    requireBytes(code, IPV4_HEADER, pass);
    code.statement(LD | HALF | INDIRECT, IPV4_FRAGMENT);
    code.jumpIf(JUMP_SET, IPV4_FRAGMENT_BITS, pass);
    for (OwnTraffic own : ownTraffic) {
      if (own.remote().address().getAddress().length == 4) {
        dropDirection(code, own, IPV4_PROTOCOL, IPV4_DESTINATION, true, drop);
        dropDirection(code, own, IPV4_PROTOCOL, IPV4_SOURCE, false, drop);
      }
    }
    code.jump(pass);

    code.place(ipv6);
    requireBytes(code, IPV6_HEADER, pass);
    for (OwnTraffic own : ownTraffic) {
      if (own.remote().address().getAddress().length == 16) {
        dropDirection(code, own, IPV6_NEXT_HEADER, IPV6_DESTINATION, true, drop);
        dropDirection(code, own, IPV6_NEXT_HEADER, IPV6_SOURCE, false, drop);
      }
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

  private static void dropDirection(
      Assembler code,
      OwnTraffic own,
      int protocolOffset,
      int addressOffset,
      boolean outgoing,
      int drop) {
    int other = code.label();
    code.statement(LDX | MEMORY, SCRATCH_NETWORK_OFFSET);
    code.statement(LD | BYTE | INDIRECT, protocolOffset);
    code.jumpUnless(JUMP_EQUAL, own.protocol(), other);
    int at = addressOffset;
    for (int word : words(own.remote().address().getAddress())) {
      code.statement(LD | WORD | INDIRECT, at);
      code.jumpUnless(JUMP_EQUAL, word, other);
      at += Integer.BYTES;
    }
    if (protocolOffset == IPV4_PROTOCOL) {
      code.statement(LD | BYTE | INDIRECT, 0);
      code.statement(ALU | AND, 0xF);
      code.statement(ALU | SHIFT_LEFT, 2);
      code.statement(ALU | ADD | WITH_X, 0);
    } else {
      code.statement(MISC | BpfProgram.TXA, 0);
      code.statement(ALU | ADD, IPV6_HEADER);
    }
    code.statement(MISC, 0);
    requireBytes(code, PORTS, other);
    code.statement(LD | HALF | INDIRECT, outgoing ? 2 : 0);
    code.jumpUnless(JUMP_EQUAL, own.remote().port(), other);
    if (own.localPorts().isEmpty()) {
      code.jump(drop);
    } else {
      code.statement(LD | HALF | INDIRECT, outgoing ? 0 : 2);
      for (int port : own.localPorts()) {
        code.jumpIf(JUMP_EQUAL, port, drop);
      }
    }
    code.place(other);
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
