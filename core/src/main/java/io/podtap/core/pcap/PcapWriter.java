/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes classic pcap with nanosecond times, in the byte order of the machine. Copies what it is
 * given; bytes reach the file when the buffer is full, at {@link #flush} and at {@link #close}. One
 * thread.
 *
 * @see "draft-ietf-opsawg-pcap sections 4 and 5"
 */
public final class PcapWriter implements AutoCloseable {

  private static final int BUFFER_BYTES = 256 << 10;
  private static final int SNAPLEN = 262_144;

  private final WritableByteChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder());
  private final MemorySegment segment = MemorySegment.ofBuffer(buffer);

  /**
   * Writes to {@code channel}, which is closed with the writer.
   *
   * @param linkType one of {@link io.podtap.core.packet.LinkType}
   */
  public PcapWriter(WritableByteChannel channel, int linkType) {
    this.channel = channel;
    buffer.putInt(PcapFormat.MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4);
    buffer.putInt(0).putInt(0).putInt(SNAPLEN).putInt(linkType);
  }

  /**
   * Creates {@code file}, or empties it.
   *
   * @param linkType one of {@link io.podtap.core.packet.LinkType}
   * @throws SettingsException when it cannot be written
   */
  public static PcapWriter create(Path file, int linkType) {
    try {
      return new PcapWriter(
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING),
          linkType);
    } catch (IOException e) {
      throw new SettingsException("'" + file + "' cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Writes one frame.
   *
   * @param length bytes at {@code offset}, at most {@value #SNAPLEN}
   * @param originalLength bytes that the frame had before the capture cut it
   */
  public void write(
      MemorySegment source, long offset, int length, int originalLength, long timestampNs) {
    if (length > SNAPLEN) {
      throw new IllegalArgumentException(
          "a frame of " + length + " bytes is longer than the snaplen");
    }
    if (buffer.remaining() < PcapFormat.RECORD_HEADER_LENGTH) {
      flush();
    }
    buffer
        .putInt((int) (timestampNs / 1_000_000_000L))
        .putInt((int) (timestampNs % 1_000_000_000L));
    buffer.putInt(length).putInt(originalLength);
    if (buffer.remaining() < length) {
      flush();
    }
    if (buffer.remaining() < length) {
      send(source.asSlice(offset, length).asByteBuffer());
      return;
    }
    MemorySegment.copy(
        source,
        ValueLayout.JAVA_BYTE,
        offset,
        segment,
        ValueLayout.JAVA_BYTE,
        buffer.position(),
        length);
    buffer.position(buffer.position() + length);
  }

  /** Hands everything written so far to the file. */
  public void flush() {
    send(buffer.flip());
    buffer.clear();
  }

  private void send(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (channel) {
      flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
