/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * pcapng: blocks that carry their type and length.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          Block type                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |               Block total length, these 12 bytes included     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /              Body, padded to a multiple of four               /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   Block total length again                    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Interfaces are numbered through the whole file: those of a second section follow on those of
 * the first. Blocks that hold no packet and describe no interface are skipped.
 *
 * @see "draft-ietf-opsawg-pcapng section 4"
 */
final class PcapngFormat extends RecordFormat {

  static final int SECTION_HEADER = 0x0A0D_0D0A;

  static final int BYTE_ORDER_MAGIC = 0x1A2B_3C4D;
  static final int INTERFACE_DESCRIPTION = 1;
  private static final int OBSOLETE_PACKET = 2;
  private static final int SIMPLE_PACKET = 3;
  static final int INTERFACE_STATISTICS = 5;
  static final int ENHANCED_PACKET = 6;

  private static final int BLOCK_HEADER_LENGTH = 8;
  private static final int BLOCK_LENGTH_MIN = 12;
  private static final int SECTION_LENGTH_MIN = 28;
  static final int OPTION_END = 0;
  static final int OPTION_COMMENT = 1;
  static final int OPTION_FLAGS = 2;
  private static final int DIRECTION_MASK = 3;
  static final int DIRECTION_OUTBOUND = 2;
  static final int OPTION_TIME_RESOLUTION = 9;
  private static final int OPTION_TIME_OFFSET = 14;
  private static final int RESOLUTION_MICROSECONDS = 6;
  private static final int RESOLUTION_IS_BINARY = 0x80;
  private static final int INTERFACES_MAX = 65_536;

  private final int interfacesMax;
  private final @Nullable PcapngComments comments;

  /** Interfaces of the file so far; those of the section begin at {@link #sectionInterfaces}. */
  private int interfaces;

  private int sectionInterfaces;
  private int[] linkTypes = new int[4];
  private int[] snaplens = new int[4];
  private int[] resolutions = new int[4];
  private long[] offsetsNs = new long[4];
  private boolean inSection;
  private long skipBytes;
  private boolean isLargeRead;

  /** Reads a file. */
  PcapngFormat() {
    this(INTERFACES_MAX, null);
  }

  /**
   * @param interfacesMax in all sections together
   * @param comments told of comments; null when nobody wants them
   */
  PcapngFormat(int interfacesMax, @Nullable PcapngComments comments) {
    this.interfacesMax = interfacesMax;
    this.comments = comments;
  }

  @Override
  int headerLength() {
    return 0;
  }

  @Override
  long skipBytes() {
    isLargeRead = false;
    return skipBytes;
  }

  @Override
  long next(MemorySegment buffer, int position, int limit, Frame frame) {
    int readable = limit - position;
    if (readable < BLOCK_LENGTH_MIN) {
      return -BLOCK_LENGTH_MIN;
    }
    int type = i32(buffer, position);
    if (type == SECTION_HEADER && !readByteOrder(buffer, position)) {
      return 0;
    }
    if (!inSection) {
      problem = "block outside of a section";
      return 0;
    }
    long total = u32(buffer, position + 4);
    if (total < BLOCK_LENGTH_MIN) {
      problem = "invalid block length " + total;
      return 0;
    }
    total = (total + 3) & ~3L;
    switch (type) {
      case SECTION_HEADER,
          INTERFACE_DESCRIPTION,
          OBSOLETE_PACKET,
          SIMPLE_PACKET,
          ENHANCED_PACKET -> {}
      default -> {
        if (type != INTERFACE_STATISTICS || comments == null) {
          skipBytes = total;
          return total <= readable ? total : -SKIP;
        }
      }
    }
    if (total > PcapReader.FRAME_BYTES_MAX) {
      return large(buffer, type, position, readable, total);
    }
    if (total > readable) {
      return -total;
    }
    if (u32(buffer, position + total - 4) != u32(buffer, position + 4)) {
      problem = "the two lengths of a block differ";
      return 0;
    }
    return read(buffer, type, position, (int) total, frame);
  }

  /**
   * A block without a packet may be larger than the buffer, with comments: its beginning counts.
   */
  private long large(MemorySegment buffer, int type, int position, int readable, long total) {
    boolean hasNoPacket = type == SECTION_HEADER || type == INTERFACE_DESCRIPTION;
    if (!hasNoPacket && type != INTERFACE_STATISTICS) {
      problem = "invalid block length " + total;
      return 0;
    }
    if (hasNoPacket && readable < PcapReader.FRAME_BYTES_MAX) {
      return -PcapReader.FRAME_BYTES_MAX;
    }
    if (hasNoPacket && !isLargeRead) {
      long body = (long) position + BLOCK_HEADER_LENGTH;
      int bodyLength = PcapReader.FRAME_BYTES_MAX - BLOCK_LENGTH_MIN;
      boolean isSound =
          type == SECTION_HEADER
              ? openSection(buffer, body, PcapReader.FRAME_BYTES_MAX) > 0
              : addInterface(buffer, body, bodyLength);
      if (!isSound) {
        return type == SECTION_HEADER ? 0 : bad();
      }
      isLargeRead = true; // it is asked for again when packets must be handed over first
    }
    skipBytes = total;
    return -SKIP;
  }

  private boolean readByteOrder(MemorySegment buffer, int position) {
    int magic = littleEndian(buffer, position + BLOCK_HEADER_LENGTH);
    if (magic != BYTE_ORDER_MAGIC && magic != Integer.reverseBytes(BYTE_ORDER_MAGIC)) {
      problem = "section header without a byte order";
      return false;
    }
    order(magic == BYTE_ORDER_MAGIC);
    inSection = true;
    return true;
  }

  private long read(MemorySegment buffer, int type, int position, int total, Frame frame) {
    long body = (long) position + BLOCK_HEADER_LENGTH;
    int bodyLength = total - BLOCK_LENGTH_MIN;
    return switch (type) {
      case SECTION_HEADER -> openSection(buffer, body, total);
      case INTERFACE_DESCRIPTION ->
          bodyLength >= 8 && addInterface(buffer, body, bodyLength) ? total : bad();
      case INTERFACE_STATISTICS -> {
        if (comments != null && bodyLength >= 12) {
          readComments(buffer, body + 12, body + bodyLength, comments::onStatistics);
        }
        yield total;
      }
      case SIMPLE_PACKET -> readSimple(buffer, body, bodyLength, frame);
      default -> readPacket(buffer, type, body, bodyLength, frame);
    };
  }

  private long openSection(MemorySegment buffer, long body, int total) {
    if (total < SECTION_LENGTH_MIN || u16(buffer, body + 4) != 1) {
      problem = "section header of an unknown version";
      return 0;
    }
    sectionInterfaces = interfaces;
    if (comments != null) {
      readComments(buffer, body + 16, body + total - BLOCK_LENGTH_MIN, comments::onSection);
    }
    return total;
  }

  private long readSimple(MemorySegment buffer, long body, int bodyLength, Frame frame) {
    if (bodyLength < 4 || interfaces == sectionInterfaces) {
      return bad();
    }
    long original = u32(buffer, body);
    int snaplen = snaplens[sectionInterfaces];
    long captured = Math.min(original, bodyLength - 4);
    if (snaplen > 0) {
      captured = Math.min(captured, snaplen);
    }
    place(buffer, body + 4, captured, original, 0, sectionInterfaces, false, frame);
    return FRAME | (bodyLength + BLOCK_LENGTH_MIN);
  }

  /** Reads an enhanced packet block or its obsolete predecessor, which differ in the id's width. */
  private long readPacket(MemorySegment buffer, int type, long body, int bodyLength, Frame frame) {
    if (bodyLength < 20) {
      return bad();
    }
    int id = type == ENHANCED_PACKET ? i32(buffer, body) : u16(buffer, body);
    long captured = u32(buffer, body + 12);
    if (id < 0 || id >= interfaces - sectionInterfaces || captured > bodyLength - 20) {
      return bad();
    }
    int index = sectionInterfaces + id;
    long ticks = u32(buffer, body + 4) << 32 | u32(buffer, body + 8);
    long timestampNs = toNs(ticks, resolutions[index]) + offsetsNs[index];
    long options = body + 20 + ((captured + 3) & ~3);
    boolean outgoing = type == ENHANCED_PACKET && isOutgoing(buffer, options, body + bodyLength);
    place(buffer, body + 20, captured, u32(buffer, body + 16), timestampNs, index, outgoing, frame);
    return FRAME | (bodyLength + BLOCK_LENGTH_MIN);
  }

  /** Reads what a packet's flags say of its direction; inbound when they say nothing. */
  private boolean isOutgoing(MemorySegment buffer, long first, long end) {
    for (long at = first; end - at >= 8; at = nextOption(buffer, at)) {
      int code = u16(buffer, at);
      if (code == OPTION_END) {
        return false;
      }
      if (code == OPTION_FLAGS && u16(buffer, at + 2) == Integer.BYTES) {
        return (i32(buffer, at + 4) & DIRECTION_MASK) == DIRECTION_OUTBOUND;
      }
    }
    return false;
  }

  private long nextOption(MemorySegment buffer, long at) {
    return at + 4 + ((u16(buffer, at + 2) + 3) & ~3);
  }

  private void readComments(MemorySegment buffer, long first, long end, Consumer<String> consumer) {
    for (long at = first; end - at >= 4; at = nextOption(buffer, at)) {
      int code = u16(buffer, at);
      int length = u16(buffer, at + 2);
      if (code == OPTION_END || end - at - 4 < length) {
        return;
      }
      if (code == OPTION_COMMENT) {
        byte[] text = buffer.asSlice(at + 4, length).toArray(ValueLayout.JAVA_BYTE);
        consumer.accept(new String(text, StandardCharsets.UTF_8));
      }
    }
  }

  private long bad() {
    problem = "packet or interface block that cannot be";
    return 0;
  }

  private void place(
      MemorySegment buffer,
      long offset,
      long captured,
      long original,
      long timestampNs,
      int index,
      boolean outgoing,
      Frame frame) {
    int originalLength = (int) Math.min(Math.max(original, captured), Integer.MAX_VALUE);
    frame
        .wrap(buffer, offset, (int) captured, originalLength, timestampNs)
        .origin(linkTypes[index], index, outgoing);
  }

  private boolean addInterface(MemorySegment buffer, long body, int bodyLength) {
    if (interfaces == interfacesMax) {
      return false;
    }
    if (interfaces == linkTypes.length) {
      int grown = 2 * interfaces;
      linkTypes = Arrays.copyOf(linkTypes, grown);
      snaplens = Arrays.copyOf(snaplens, grown);
      resolutions = Arrays.copyOf(resolutions, grown);
      offsetsNs = Arrays.copyOf(offsetsNs, grown);
    }
    linkTypes[interfaces] = u16(buffer, body);
    snaplens[interfaces] = i32(buffer, body + 4);
    resolutions[interfaces] = RESOLUTION_MICROSECONDS;
    offsetsNs[interfaces] = 0;
    readOptions(buffer, body + 8, body + bodyLength);
    interfaces++;
    return true;
  }

  private void readOptions(MemorySegment buffer, long first, long end) {
    for (long at = first; end - at >= 4; at = nextOption(buffer, at)) {
      int code = u16(buffer, at);
      int length = u16(buffer, at + 2);
      long value = at + 4;
      if (code == OPTION_END || end - value < length) {
        return;
      }
      if (code == OPTION_TIME_RESOLUTION && length == 1) {
        resolutions[interfaces] = Bytes.u8(buffer, value);
      } else if (code == OPTION_TIME_OFFSET && length == 8) {
        offsetsNs[interfaces] = i64(buffer, value) * 1_000_000_000L;
      }
    }
  }

  /**
   * Converts a time stamp.
   *
   * @param ticks unsigned
   * @param resolution ticks a second, as a power: of two with the highest bit set, else of ten
   */
  static long toNs(long ticks, int resolution) {
    int power = resolution & ~RESOLUTION_IS_BINARY;
    if ((resolution & RESOLUTION_IS_BINARY) == 0) {
      if (power <= 9) {
        return ticks * powerOfTen(9 - power);
      }
      return power - 9 > 19 ? 0 : Long.divideUnsigned(ticks, powerOfTen(power - 9));
    }
    if (power > 63) {
      return 0;
    }
    long seconds = power == 0 ? ticks : ticks >>> power;
    long fraction = ticks & ((1L << power) - 1);
    int excess = Math.max(0, power - 32);
    return seconds * 1_000_000_000L
        + (((fraction >>> excess) * 1_000_000_000L) >>> (power - excess));
  }

  private static long powerOfTen(int power) {
    long value = 1;
    for (int i = 0; i < power; i++) {
      value *= 10;
    }
    return value;
  }
}
