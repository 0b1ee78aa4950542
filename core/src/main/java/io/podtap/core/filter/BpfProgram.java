/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A classic BPF program: an immutable value that a kernel or this class's own interpreter runs.
 *
 * <p>Checked when made, as the kernel checks: it ends, jumps stay inside, scratch memory and
 * constant divisors are valid. An instruction is a {@code long}, the little-endian image of {@code
 * struct sock_filter}:
 *
 * <pre>
 *  63            32 31          24 23         16 15             0
 * +----------------+--------------+-------------+----------------+
 * |   operand k    | jump if false| jump if true|      code      |
 * +----------------+--------------+-------------+----------------+
 * </pre>
 *
 * @see "linux/filter.h; kernel Documentation/networking/filter.rst"
 */
public final class BpfProgram {

  /** The kernel's limit, {@code BPF_MAXINSNS}. */
  public static final int INSTRUCTIONS_MAX = 4_096;

  /** What a program returns to let the whole packet pass. */
  public static final int WHOLE_PACKET = -1;

  static final int LD = 0x00;
  static final int LDX = 0x01;
  static final int ST = 0x02;
  static final int STX = 0x03;
  static final int ALU = 0x04;
  static final int JMP = 0x05;
  static final int RET = 0x06;
  static final int MISC = 0x07;

  static final int WORD = 0x00;
  static final int HALF = 0x08;
  static final int BYTE = 0x10;

  static final int IMMEDIATE = 0x00;
  static final int ABSOLUTE = 0x20;
  static final int INDIRECT = 0x40;
  static final int MEMORY = 0x60;
  static final int LENGTH = 0x80;
  static final int HEADER_LENGTH = 0xA0;

  static final int JUMP_ALWAYS = 0x00;
  static final int JUMP_EQUAL = 0x10;
  static final int JUMP_GREATER = 0x20;
  static final int JUMP_GREATER_OR_EQUAL = 0x30;
  static final int JUMP_SET = 0x40;

  static final int ADD = 0x00;
  static final int SUBTRACT = 0x10;
  static final int MULTIPLY = 0x20;
  static final int DIVIDE = 0x30;
  static final int OR = 0x40;
  static final int AND = 0x50;
  static final int SHIFT_LEFT = 0x60;
  static final int SHIFT_RIGHT = 0x70;
  static final int NEGATE = 0x80;
  static final int MODULO = 0x90;
  static final int XOR = 0xA0;

  static final int WITH_X = 0x08;
  static final int RETURN_A = 0x10;
  static final int TXA = 0x80;

  static final int ANCILLARY = -0x1000;
  static final int ANCILLARY_PROTOCOL = 0;
  static final int ANCILLARY_PACKET_KIND = 4;
  static final int ANCILLARY_INTERFACE = 8;
  static final int ANCILLARY_MARK = 20;
  static final int ANCILLARY_XOR_X = 40;
  static final int ANCILLARY_VLAN_TCI = 44;
  static final int ANCILLARY_VLAN_PRESENT = 48;
  static final int ANCILLARY_VLAN_TPID = 60;
  static final int PACKET_OUTGOING = 4;

  private static final int SCRATCH_WORDS = 16;
  private static final int ETHER_TYPE = 12;

  /** Lets every packet pass. */
  public static final BpfProgram ACCEPT_ALL =
      new BpfProgram(new long[] {statement(RET, WHOLE_PACKET)});

  /** Lets no packet pass. */
  public static final BpfProgram DROP_ALL = new BpfProgram(new long[] {statement(RET, 0)});

  private final long[] instructions;

  /**
   * Takes over a copy of {@code instructions}.
   *
   * @throws IllegalArgumentException when the kernel would refuse it
   */
  public BpfProgram(long[] instructions) {
    this.instructions = instructions.clone();
    check();
  }

  /** Makes an instruction that does not jump. */
  public static long statement(int code, int k) {
    return jump(code, k, 0, 0);
  }

  /** Makes an instruction that skips {@code jumpTrue} or {@code jumpFalse} instructions. */
  public static long jump(int code, int k, int jumpTrue, int jumpFalse) {
    return (long) k << 32 | (long) jumpFalse << 24 | (long) jumpTrue << 16 | code;
  }

  static int code(long instruction) {
    return (int) instruction & 0xFFFF;
  }

  static int jumpTrue(long instruction) {
    return (int) (instruction >>> 16) & 0xFF;
  }

  static int jumpFalse(long instruction) {
    return (int) (instruction >>> 24) & 0xFF;
  }

  static int operand(long instruction) {
    return (int) (instruction >>> 32);
  }

  private void check() {
    int count = instructions.length;
    if (count == 0 || count > INSTRUCTIONS_MAX) {
      throw new IllegalArgumentException(count + " instructions");
    }
    for (int i = 0; i < count; i++) {
      if (!isValid(i)) {
        throw new IllegalArgumentException(
            "instruction " + i + ": " + Long.toHexString(instructions[i]));
      }
    }
    if ((code(instructions[count - 1]) & 7) != RET) {
      throw new IllegalArgumentException("the last instruction does not return");
    }
  }

  private boolean isValid(int index) {
    long instruction = instructions[index];
    int code = code(instruction);
    int k = operand(instruction);
    int left = instructions.length - index - 1;
    return switch (code & 7) {
      case LD ->
          switch (code) {
            case LD | ABSOLUTE | WORD, LD | ABSOLUTE | HALF, LD | ABSOLUTE | BYTE -> true;
            case LD | INDIRECT | WORD, LD | INDIRECT | HALF, LD | INDIRECT | BYTE -> true;
            case LD | IMMEDIATE, LD | LENGTH -> true;
            case LD | MEMORY -> isScratch(k);
            default -> false;
          };
      case LDX ->
          switch (code) {
            case LDX | IMMEDIATE, LDX | LENGTH, LDX | HEADER_LENGTH | BYTE -> true;
            case LDX | MEMORY -> isScratch(k);
            default -> false;
          };
      case ST, STX -> (code & ~7) == 0 && isScratch(k);
      case ALU ->
          switch (code & 0xF0) {
            case ADD, SUBTRACT, MULTIPLY, OR, AND, XOR, NEGATE -> true;
            case DIVIDE, MODULO -> (code & WITH_X) != 0 || k != 0;
            case SHIFT_LEFT, SHIFT_RIGHT -> (code & WITH_X) != 0 || (k >= 0 && k < 32);
            default -> false;
          };
      case JMP ->
          switch (code & 0xF0) {
            case JUMP_ALWAYS -> k >= 0 && k < left;
            case JUMP_EQUAL, JUMP_GREATER, JUMP_GREATER_OR_EQUAL, JUMP_SET ->
                jumpTrue(instruction) < left && jumpFalse(instruction) < left;
            default -> false;
          };
      case RET -> code == RET || code == (RET | RETURN_A);
      default -> code == MISC || code == (MISC | TXA);
    };
  }

  private static boolean isScratch(int k) {
    return k >= 0 && k < SCRATCH_WORDS;
  }

  /** Returns a copy of the instructions, for a socket. */
  public long[] instructions() {
    return instructions.clone();
  }

  /** Returns how many instructions there are. */
  public int size() {
    return instructions.length;
  }

  /**
   * Returns the program that lets pass what this one stops, whole, and the other way round.
   *
   * @throws IllegalArgumentException when this program returns a computed value (libpcap's never
   *     do)
   */
  public BpfProgram negated() {
    long[] other = instructions.clone();
    for (int i = 0; i < other.length; i++) {
      int code = code(other[i]);
      if (code == (RET | RETURN_A)) {
        throw new IllegalArgumentException("a computed return value cannot be negated");
      }
      if (code == RET) {
        other[i] = statement(RET, operand(other[i]) == 0 ? WHOLE_PACKET : 0);
      }
    }
    return new BpfProgram(other);
  }

  /** Returns the program with the same verdicts whose passing packets pass whole. */
  BpfProgram passingWholePackets() {
    return negated().negated();
  }

  /**
   * Runs the program, as the kernel would. Never throws, always ends; allocates nothing but what
   * the virtual machine cannot avoid for sixteen words of scratch memory.
   *
   * @param length captured bytes at {@code offset}
   * @return how many bytes of the packet pass, as an unsigned number; 0 when it does not pass
   */
  public int run(MemorySegment segment, long offset, int length, PacketFacts facts) {
    int a = 0;
    int x = 0;
    int[] scratch = null;
    int at = 0;
    while (true) {
      long instruction = instructions[at];
      int code = code(instruction);
      int k = operand(instruction);
      at++;
      switch (code & 7) {
        case LD -> {
          int mode = code & 0xE0;
          if (mode == IMMEDIATE) {
            a = k;
          } else if (mode == LENGTH) {
            a = facts.originalLength;
          } else if (mode == MEMORY) {
            a = scratch == null ? 0 : scratch[k];
          } else if (mode == ABSOLUTE && k >= ANCILLARY && k < 0) {
            a = ancillary(k - ANCILLARY, a, x, segment, offset, length, facts);
          } else {
            // Negative offsets (link layer, network layer) are the kernel's; libpcap emits none.
            long from = mode == INDIRECT ? Integer.toUnsignedLong(x + k) : k;
            int size = (code & 0x18) == WORD ? 4 : (code & 0x18) == HALF ? 2 : 1;
            if (from < 0 || from + size > length) {
              return 0;
            }
            a =
                switch (size) {
                  case 4 -> Bytes.i32(segment, offset + from);
                  case 2 -> Bytes.u16(segment, offset + from);
                  default -> Bytes.u8(segment, offset + from);
                };
          }
        }
        case LDX -> {
          switch (code & 0xE0) {
            case IMMEDIATE -> x = k;
            case LENGTH -> x = facts.originalLength;
            case MEMORY -> x = scratch == null ? 0 : scratch[k];
            default -> {
              if (k < 0 || k >= length) {
                return 0;
              }
              x = (Bytes.u8(segment, offset + k) & 0xF) << 2;
            }
          }
        }
        case ST, STX -> {
          if (scratch == null) {
            scratch = new int[SCRATCH_WORDS];
          }
          scratch[k] = (code & 7) == ST ? a : x;
        }
        case ALU -> {
          int operand = (code & WITH_X) != 0 ? x : k;
          int operation = code & 0xF0;
          if (operand == 0 && (operation == DIVIDE || operation == MODULO)) {
            return 0;
          }
          a = compute(operation, a, operand);
        }
        case JMP -> {
          int operand = (code & WITH_X) != 0 ? x : k;
          if ((code & 0xF0) == JUMP_ALWAYS) {
            at += k;
          } else {
            at += holds(code & 0xF0, a, operand) ? jumpTrue(instruction) : jumpFalse(instruction);
          }
        }
        case RET -> {
          return code == RET ? k : a;
        }
        default -> {
          if ((code & TXA) != 0) {
            a = x;
          } else {
            x = a;
          }
        }
      }
    }
  }

  private static int compute(int operation, int a, int operand) {
    return switch (operation) {
      case ADD -> a + operand;
      case SUBTRACT -> a - operand;
      case MULTIPLY -> a * operand;
      case DIVIDE -> Integer.divideUnsigned(a, operand);
      case MODULO -> Integer.remainderUnsigned(a, operand);
      case OR -> a | operand;
      case AND -> a & operand;
      case XOR -> a ^ operand;
      case SHIFT_LEFT -> a << operand;
      case SHIFT_RIGHT -> a >>> operand;
      default -> -a;
    };
  }

  private static boolean holds(int comparison, int a, int operand) {
    return switch (comparison) {
      case JUMP_EQUAL -> a == operand;
      case JUMP_GREATER -> Integer.compareUnsigned(a, operand) > 0;
      case JUMP_GREATER_OR_EQUAL -> Integer.compareUnsigned(a, operand) >= 0;
      default -> (a & operand) != 0;
    };
  }

  /** Facts that are not known here are 0, as they mostly are in the kernel. */
  private static int ancillary(
      int which, int a, int x, MemorySegment segment, long offset, int length, PacketFacts facts) {
    return switch (which) {
      case ANCILLARY_PROTOCOL -> {
        if (facts.protocol >= 0) {
          yield facts.protocol;
        }
        yield length >= ETHER_TYPE + 2 ? Bytes.u16(segment, offset + ETHER_TYPE) : 0;
      }
      case ANCILLARY_PACKET_KIND -> facts.packetKind;
      case ANCILLARY_INTERFACE -> facts.interfaceIndex;
      case ANCILLARY_MARK -> facts.mark;
      case ANCILLARY_XOR_X -> a ^ x;
      case ANCILLARY_VLAN_TCI -> facts.vlanTci;
      case ANCILLARY_VLAN_PRESENT -> facts.vlanTpid == 0 ? 0 : 1;
      case ANCILLARY_VLAN_TPID -> facts.vlanTpid;
      default -> 0;
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BpfProgram program && Arrays.equals(instructions, program.instructions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(instructions);
  }

  /** Returns the instructions as {@code tcpdump -ddd} prints them: code, jumps, operand. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (long instruction : instructions) {
      text.append(code(instruction))
          .append(' ')
          .append(jumpTrue(instruction))
          .append(' ')
          .append(jumpFalse(instruction))
          .append(' ')
          .append(Integer.toUnsignedLong(operand(instruction)))
          .append('\n');
    }
    return text.toString();
  }
}
