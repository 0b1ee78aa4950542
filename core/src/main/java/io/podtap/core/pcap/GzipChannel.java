/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip as it is read: one member, or several behind one another as rotation and {@code
 * cat} leave them. Zeros behind the last member are padding. One thread.
 *
 * @see "RFC 1952"
 */
final class GzipChannel implements ReadableByteChannel {

  /** The first two bytes of a member, the least significant first. */
  static final int MAGIC = 0x8B1F;

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int DEFLATE = 8;
  private static final int HAS_HEADER_CHECK = 1 << 1;
  private static final int HAS_EXTRA = 1 << 2;
  private static final int HAS_NAME = 1 << 3;
  private static final int HAS_COMMENT = 1 << 4;

  private final ReadableByteChannel source;
  private final ByteBuffer input;
  private final Inflater inflater = new Inflater(/* nowrap= */ true);
  private final CRC32 check = new CRC32();
  private boolean inMember;
  private boolean ended;

  /**
   * @param begun bytes of the source that were read already
   * @param source closed with this
   */
  GzipChannel(ByteBuffer begun, ReadableByteChannel source) {
    this.source = source;
    this.input = ByteBuffer.allocate(Math.max(BUFFER_BYTES, begun.remaining()));
    input.put(begun).flip();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException when a member is damaged or ends too early
   */
  @Override
  public int read(ByteBuffer target) throws IOException {
    while (!ended) {
      if (inMember && inflater.finished()) {
        endMember();
      }
      if (!inMember && !beginMember()) {
        ended = true;
        return -1;
      }
      int at = target.position();
      int count;
      try {
        count = inflater.inflate(target);
      } catch (DataFormatException e) {
        throw new IOException("gzip data is damaged", e);
      }
      if (count > 0) {
        check.update(target.slice(at, count));
      }
      if (count == 0 && !inflater.finished()) {
        refill();
        inflater.setInput(input);
      }
      if (count > 0 || !target.hasRemaining()) {
        return count;
      }
    }
    return -1;
  }

  /** Reads a member's header; false when there is none any more. */
  private boolean beginMember() throws IOException {
    int first = next();
    while (first == 0) {
      first = next();
    }
    if (first < 0) {
      return false;
    }
    if (first != (MAGIC & 0xFF) || must() != MAGIC >>> 8 || must() != DEFLATE) {
      throw new IOException("data after a gzip member is not one");
    }
    int flags = must();
    skip(6); // time, level, system
    if ((flags & HAS_EXTRA) != 0) {
      skip(must() | must() << 8);
    }
    if ((flags & HAS_NAME) != 0) {
      skipText();
    }
    if ((flags & HAS_COMMENT) != 0) {
      skipText();
    }
    if ((flags & HAS_HEADER_CHECK) != 0) {
      skip(2);
    }
    inflater.reset();
    inflater.setInput(input);
    check.reset();
    inMember = true;
    return true;
  }

  private void endMember() throws IOException {
    inMember = false;
    long expected = u32();
    long length = u32();
    if (expected != check.getValue() || length != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
      throw new IOException("gzip data is damaged: its checksum differs");
    }
  }

  private long u32() throws IOException {
    return must() | (long) must() << 8 | (long) must() << 16 | (long) must() << 24;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      must();
    }
  }

  private void skipText() throws IOException {
    int letter = must();
    while (letter != 0) {
      letter = must();
    }
  }

  private int must() throws IOException {
    int value = next();
    if (value < 0) {
      throw new EOFException("gzip data ends too early");
    }
    return value;
  }

  private int next() throws IOException {
    if (!input.hasRemaining() && !fill()) {
      return -1;
    }
    return input.get() & 0xFF;
  }

  private void refill() throws IOException {
    if (!input.hasRemaining() && !fill()) {
      throw new EOFException("gzip data ends too early");
    }
  }

  private boolean fill() throws IOException {
    input.clear();
    int count = source.read(input);
    while (count == 0) {
      count = source.read(input);
    }
    input.flip();
    return count > 0;
  }

  @Override
  public boolean isOpen() {
    return source.isOpen();
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    source.close();
  }
}
