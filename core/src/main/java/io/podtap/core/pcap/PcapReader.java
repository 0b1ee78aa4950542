/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Reads a capture file of either kind, told apart by its first four bytes; compressed with gzip as
 * well.
 *
 * <p>The file passes through one buffer of {@value #BUFFER_BYTES} bytes, so memory does not grow
 * with the file and a pipe works as well. A batch never spans a refill: its frames stay where they
 * are until {@link FrameHandler#onBatchEnd} has returned. On a pipe {@link #poll} waits for the
 * writer.
 *
 * <p>A file that ends in the middle of a record, or whose next record cannot be, is read up to
 * there; {@link #problem} then says what was wrong and at which byte.
 */
public final class PcapReader implements FrameSource {

  /** Frames handed over between two calls of {@link FrameHandler#onBatchEnd}, at most. */
  public static final int BATCH_FRAMES_MAX = 256;

  /**
   * Captured bytes of one frame, at most: twice the longest super-frame of the kernel (BIG TCP).
   * More than that is a damaged length field.
   */
  public static final int FRAME_BYTES_MAX = 1 << 20;

  /** Room for the longest record with its headers, options and trailer. */
  private static final int BUFFER_BYTES = FRAME_BYTES_MAX + (64 << 10);

  /** Read at a time: large enough to spread the system call, small enough for the cache. */
  private static final int READ_BYTES = 256 << 10;

  /** First bytes of compressed files, the least significant first. */
  private static final int ZSTANDARD = 0xFD2F_B528;

  private static final int XZ = 0x587A_37FD;
  private static final int LZ4 = 0x184D_2204;
  private static final int BZIP2 = 0x68_5A42;

  private final String name;
  private ReadableByteChannel channel;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
  private final ByteBuffer target = buffer.asByteBuffer();
  private final Frame frame = new Frame();
  private final RecordFormat format;

  /** The unread bytes of the buffer, and where in the file the first byte of the buffer stood. */
  private int position;

  private int limit;
  private long bufferFileOffset;
  private boolean ended;
  private Optional<String> problem = Optional.empty();

  private PcapReader(String name, ReadableByteChannel channel) {
    this.name = name;
    this.channel = channel;
    this.format = detect();
  }

  /**
   * Opens a capture file.
   *
   * @param file a file or a named pipe; {@code -} is standard input
   * @throws SettingsException when it cannot be read or is no capture
   */
  public static PcapReader open(Path file) {
    String name = file.toString();
    if (name.equals("-")) {
      return open("standard input", new FileInputStream(FileDescriptor.in).getChannel());
    }
    if (Files.isDirectory(file)) {
      throw new SettingsException("'" + name + "' is a folder, not a capture file");
    }
    try {
      return open(name, Files.newByteChannel(file, StandardOpenOption.READ));
    } catch (NoSuchFileException e) {
      throw new SettingsException("'" + name + "' does not exist", e);
    } catch (IOException e) {
      throw new SettingsException("'" + name + "' cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads from a channel, which this reader closes.
   *
   * @param name what messages call it
   * @throws SettingsException when it is no capture
   */
  public static PcapReader open(String name, ReadableByteChannel channel) {
    return new PcapReader(name, channel);
  }

  private RecordFormat detect() {
    try {
      int magic = need(4) ? RecordFormat.littleEndian(buffer, 0) : 0;
      if ((magic & 0xFFFF) == GzipChannel.MAGIC) {
        decompress();
        magic = need(4) ? RecordFormat.littleEndian(buffer, 0) : 0;
      }
      refuseCompressed(magic);
      RecordFormat found = magic == PcapngFormat.SECTION_HEADER ? new PcapngFormat() : null;
      if (found == null) {
        found = need(PcapFormat.FILE_HEADER_LENGTH) ? PcapFormat.of(buffer, magic) : null;
      }
      if (found == null) {
        throw new SettingsException(
            limit == 0
                ? "'" + name + "' is empty, not a capture file"
                : "'" + name + "' is not a pcap or pcapng capture");
      }
      position = found.headerLength();
      return found;
    } catch (SettingsException | UncheckedIOException e) {
      close();
      throw e instanceof SettingsException
          ? e
          : new SettingsException("'" + name + "' cannot be read: " + e.getMessage(), e);
    }
  }

  /** Goes on with what is inside; positions that messages name are in the decompressed capture. */
  private void decompress() {
    ByteBuffer begun = ByteBuffer.allocate(limit);
    begun.put(target.duplicate().limit(limit).position(0)).flip();
    channel = new GzipChannel(begun, channel);
    limit = 0;
  }

  private void refuseCompressed(int magic) {
    String program =
        switch (magic) {
          case ZSTANDARD -> "zstd";
          case XZ -> "xz";
          case LZ4 -> "lz4";
          default -> (magic & 0xFF_FFFF) == BZIP2 ? "bzip2" : "";
        };
    if (!program.isEmpty()) {
      throw new SettingsException(
          "'%s' is compressed with %s, which is not read: decompress it first (%s -d)"
              .formatted(name, program, program));
    }
  }

  @Override
  public int poll(FrameHandler handler) {
    if (ended) {
      return END;
    }
    int frames = 0;
    while (frames < BATCH_FRAMES_MAX) {
      long result = format.next(buffer, position, limit, frame);
      if (result > 0) {
        position += (int) (result & RecordFormat.LENGTH_MASK);
        if ((result & RecordFormat.FRAME) != 0) {
          handler.onFrame(frame);
          frames++;
        }
        continue;
      }
      if (frames > 0) {
        break; // the bytes of this batch must not move yet
      }
      if (!advance((int) -result)) {
        ended = true;
        return END;
      }
    }
    handler.onBatchEnd();
    return frames;
  }

  /**
   * Does what the format asked for when it could not go on.
   *
   * @param wanted bytes that must be readable from {@link #position}; 0 when the format found a
   *     damage
   * @return false when the reader has come to its end
   */
  private boolean advance(int wanted) {
    long at = bufferFileOffset + position;
    if (wanted == 0) {
      problem = Optional.of(format.problem() + " at byte " + at + " of '" + name + "'");
      return false;
    }
    try {
      if (wanted == RecordFormat.SKIP) {
        return skip(format.skipBytes(), at);
      }
      if (need(wanted)) {
        return true;
      }
    } catch (UncheckedIOException e) {
      problem = Optional.of("reading failed at byte " + at + ": " + e.getMessage());
      return false;
    }
    if (limit > position) {
      problem =
          Optional.of("'" + name + "' is truncated: the record at byte " + at + " is incomplete");
    }
    return false;
  }

  /** Leaves out a block that is of no interest and need not fit the buffer. */
  private boolean skip(long bytes, long at) {
    long left = bytes;
    while (true) {
      int here = (int) Math.min(left, limit - position);
      position += here;
      left -= here;
      if (left == 0) {
        return true;
      }
      if (!need(1)) {
        problem =
            Optional.of("'" + name + "' is truncated: the record at byte " + at + " is incomplete");
        position = limit;
        return false;
      }
    }
  }

  /** Makes {@code wanted} bytes readable, moving what is left to the buffer's start. */
  private boolean need(int wanted) {
    if (limit - position >= wanted) {
      return true;
    }
    int left = limit - position;
    MemorySegment.copy(buffer, position, buffer, 0, left);
    bufferFileOffset += position;
    position = 0;
    limit = left;
    try {
      while (limit < wanted) {
        target.limit(Math.min(BUFFER_BYTES, limit + Math.max(READ_BYTES, wanted - limit)));
        target.position(limit);
        if (channel.read(target) < 0) {
          return false;
        }
        limit = target.position();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return true;
  }

  /** Returns why reading stopped before the end of the file; empty while all is well. */
  public Optional<String> problem() {
    return problem;
  }

  @Override
  public void close() {
    if (!arena.scope().isAlive()) {
      return;
    }
    ended = true;
    arena.close();
    try {
      channel.close();
    } catch (IOException e) {
      problem = Optional.of("closing '" + name + "' failed: " + e.getMessage());
    }
  }
}
