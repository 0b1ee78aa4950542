package io.podtap.core.pcap;

import io.podtap.core.packet.LinkType;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes blocks of pcapng, in the byte order of the machine; times are in nanoseconds.
 *
 * <p>Packets are written in place and without allocation: {@link #putPacket} says where the
 * packet's bytes go, and the caller writes exactly as many as it announced. Blocks that come now
 * and then are returned as bytes. No state.
 *
 * <p>Enhanced packet block, as written here:
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Block type = 6                            |
 * |                     Block total length                        |
 * |                     Interface, from 0 in the section          |
 * |                     Time stamp, upper 32 bits                 |
 * |                     Time stamp, lower 32 bits                 |
 * |                     Captured bytes                            |
 * |                     Original bytes                            |
 * /                     Packet, padded to a multiple of four      /
 * |  epb_flags = 2                |  Length = 4                   |
 * |                                                         | dir |
 * |  opt_endofopt = 0             |  Length = 0                   |
 * |                     Block total length again                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @see "draft-ietf-opsawg-pcapng sections 3.5, 4.1 to 4.3 and 4.6"
 */
public final class PcapngWriter {

  /** Bytes of an enhanced packet block beside the packet and its padding. */
  public static final int PACKET_OVERHEAD = 44;

  private static final int PACKET_HEADER_LENGTH = 28;

  private static final int SECTION_APPLICATION = 4;
  private static final int INTERFACE_NAME = 2;
  private static final int INTERFACE_TEXT = 3;
  private static final int INTERFACE_FILTER = 11;
  private static final byte FILTER_IS_TEXT = 0;
  private static final byte NANOSECONDS = 9;
  private static final int STATISTICS_RECEIVED = 4;
  private static final int STATISTICS_DROPPED = 5;
  private static final int STATISTICS_ACCEPTED = 6;
  private static final int STATISTICS_DELIVERED = 8;
  private static final int FLAG_INBOUND = 1;

  /** Bytes of one option's text; more is cut off. */
  private static final int TEXT_BYTES_MAX = 32_767;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  private PcapngWriter() {}

  /**
   * One interface of a section.
   *
   * @param linkType one of {@link LinkType}
   * @param snaplen bytes of a packet at most; 0 for no limit
   * @param description may be empty, as may {@code filter}, which is in tcpdump's language
   */
  public record Interface(
      String name, String description, String filter, int linkType, int snaplen) {}

  /**
   * What an interface has counted since the capture began, in frames as the capture saw them.
   *
   * @param received frames of the interface
   * @param dropped frames for which there was no room
   * @param accepted frames that the filter let pass
   * @param delivered frames that reached the capturing program
   * @param comment may be empty
   */
  public record Statistics(
      int interfaceId,
      long timestampNs,
      long received,
      long dropped,
      long accepted,
      long delivered,
      String comment) {}

  /** Returns bytes of the block of a packet of so many captured bytes, a multiple of four. */
  public static int packetLength(int capturedLength) {
    return PACKET_OVERHEAD + ((capturedLength + 3) & ~3);
  }

  /**
   * Writes a packet's block, all but the packet.
   *
   * @param at where the block begins in {@code target}; it takes {@link #packetLength} bytes
   * @param timestampNs nanoseconds since 1970
   * @param capturedLength bytes that the caller will write
   * @param outgoing whether the captured host sent the packet
   * @return where in {@code target} the packet goes
   */
  public static long putPacket(
      MemorySegment target,
      long at,
      int interfaceId,
      long timestampNs,
      int capturedLength,
      int originalLength,
      boolean outgoing) {
    int length = packetLength(capturedLength);
    long options = at + length - 16;
    target.set(INT, options - 4, 0); // the padding; what of it is not is written over
    target.set(INT, at, PcapngFormat.ENHANCED_PACKET);
    target.set(INT, at + 4, length);
    target.set(INT, at + 8, interfaceId);
    target.set(INT, at + 12, (int) (timestampNs >>> 32));
    target.set(INT, at + 16, (int) timestampNs);
    target.set(INT, at + 20, capturedLength);
    target.set(INT, at + 24, originalLength);
    target.set(SHORT, options, (short) PcapngFormat.OPTION_FLAGS);
    target.set(SHORT, options + 2, (short) Integer.BYTES);
    target.set(INT, options + 4, outgoing ? PcapngFormat.DIRECTION_OUTBOUND : FLAG_INBOUND);
    target.set(INT, options + 8, PcapngFormat.OPTION_END);
    target.set(INT, options + 12, length);
    return at + PACKET_HEADER_LENGTH;
  }

  /**
   * Returns a section header block of unknown length, which every stream begins with.
   *
   * @param comment may be empty
   */
  public static byte[] section(String application, String comment) {
    Block block = new Block(PcapngFormat.SECTION_HEADER);
    block.int32(PcapngFormat.BYTE_ORDER_MAGIC).int16(1).int16(0).int64(-1);
    block.text(PcapngFormat.OPTION_COMMENT, comment).text(SECTION_APPLICATION, application);
    return block.end();
  }

  /** Returns an interface description block; interfaces of a section are numbered from zero. */
  public static byte[] description(Interface description) {
    Block block = new Block(PcapngFormat.INTERFACE_DESCRIPTION);
    block.int16(description.linkType()).int16(0).int32(description.snaplen());
    block.text(INTERFACE_NAME, description.name());
    block.text(INTERFACE_TEXT, description.description());
    block.option(PcapngFormat.OPTION_TIME_RESOLUTION, new byte[] {NANOSECONDS});
    if (!description.filter().isEmpty()) {
      block.text(INTERFACE_FILTER, (char) FILTER_IS_TEXT + description.filter());
    }
    return block.end();
  }

  /** Returns an interface statistics block. */
  public static byte[] statistics(Statistics statistics) {
    Block block = new Block(PcapngFormat.INTERFACE_STATISTICS);
    block.int32(statistics.interfaceId());
    block.int32((int) (statistics.timestampNs() >>> 32)).int32((int) statistics.timestampNs());
    block.text(PcapngFormat.OPTION_COMMENT, statistics.comment());
    block.count(STATISTICS_RECEIVED, statistics.received());
    block.count(STATISTICS_DROPPED, statistics.dropped());
    block.count(STATISTICS_ACCEPTED, statistics.accepted());
    block.count(STATISTICS_DELIVERED, statistics.delivered());
    return block.end();
  }

  /** A block that grows; its lengths are written at the end. */
  private static final class Block {
    private static final int LENGTH_AT = 4;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Block(int type) {
      int32(type).int32(0);
    }

    private static ByteBuffer scratch() {
      return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    }

    Block int16(int value) {
      bytes.write(scratch().putShort((short) value).array(), 0, Short.BYTES);
      return this;
    }

    Block int32(int value) {
      bytes.write(scratch().putInt(value).array(), 0, Integer.BYTES);
      return this;
    }

    Block int64(long value) {
      bytes.writeBytes(scratch().putLong(value).array());
      return this;
    }

    void count(int code, long value) {
      option(code, scratch().putLong(value).array());
    }

    Block text(int code, String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      int length = Math.min(utf8.length, TEXT_BYTES_MAX);
      return length == 0 ? this : option(code, Arrays.copyOf(utf8, length));
    }

    Block option(int code, byte[] value) {
      int16(code).int16(value.length);
      bytes.writeBytes(value);
      bytes.writeBytes(new byte[-value.length & 3]);
      return this;
    }

    byte[] end() {
      int32(PcapngFormat.OPTION_END);
      int length = bytes.size() + Integer.BYTES;
      int32(length);
      byte[] block = bytes.toByteArray();
      ByteBuffer.wrap(block).order(ByteOrder.nativeOrder()).putInt(LENGTH_AT, length);
      return block;
    }
  }
}
