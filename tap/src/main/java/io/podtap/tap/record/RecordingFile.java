/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.record;

import io.podtap.core.pcap.PacketBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Blocks of pcapng on their way into a file or a pipe, collected until {@link #flush}. Owns the
 * channel. One thread; no allocation per packet.
 */
public final class RecordingFile implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 20;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
  private final ByteBuffer bytes = buffer.asByteBuffer();
  private final FileChannel channel;
  private int position;

  /** Takes over the channel. */
  RecordingFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Returns the memory that {@link #packet} gives places in. */
  MemorySegment buffer() {
    return buffer;
  }

  /** Adds a block that is made already, far smaller than the buffer. */
  void block(byte[] block) {
    ensure(block.length);
    MemorySegment.copy(block, 0, buffer, ValueLayout.JAVA_BYTE, position, block.length);
    position += block.length;
  }

  /**
   * Adds a packet's block.
   *
   * @return where in {@link #buffer} its bytes go
   */
  long packet(
      int interfaceId, long timestampNs, int length, int originalLength, boolean isOutgoing) {
    int blockBytes = PacketBlock.length(length);
    ensure(blockBytes);
    long at =
        PacketBlock.put(
            buffer, position, interfaceId, timestampNs, length, originalLength, isOutgoing);
    position += blockBytes;
    return at;
  }

  private void ensure(int length) {
    if (position + length > BUFFER_BYTES) {
      flush();
    }
  }

  /**
   * Hands over everything, waiting for a reader that is slow.
   *
   * @throws UncheckedIOException when it takes no more
   */
  void flush() {
    bytes.clear().limit(position);
    position = 0;
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try (channel;
        arena) {
      flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
