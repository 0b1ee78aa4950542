/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.packet.LinkType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes blocks of pcapng, in the byte order of the machine; times are in nanoseconds.
 *
 * <p>Blocks that come now and then are returned as bytes; packets are written in place ({@link
 * PacketBlock}). No state.
 *
 * @see "draft-ietf-opsawg-pcapng sections 3.5, 4.1, 4.2 and 4.6"
 */
public final class PcapngWriter {

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

  /** Bytes of one option's text; more is cut off. */
  private static final int TEXT_BYTES_MAX = 32_767;

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
