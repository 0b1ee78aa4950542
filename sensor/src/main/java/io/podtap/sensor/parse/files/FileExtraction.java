/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.parse.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps files in a folder, each under a name of its own: when it came, which protocol carried it,
 * and its unique id, none of which the sender can choose.
 *
 * <p>A file is made anew or not at all, so a link that somebody left in the folder is not followed.
 * What does not fit is counted. The analysis thread, which waits for the disk.
 *
 * @see "the names: Zeek, scripts/base/files/extract/main.zeek"
 */
final class FileExtraction {

  /** Its name in the column {@code analyzers}. */
  static final String NAME = "EXTRACT";

  private static final String PREFIX = "extract-";

  /** Files that are open at a time; further ones are refused. */
  private static final int OPEN_MAX = 256;

  private static final long NS_PER_SECOND = 1_000_000_000L;
  private static final long NS_PER_MICROSECOND = 1_000L;
  private static final FileAttribute<?> FOR_OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final ExtractionSettings settings;
  private final Path folder;
  private long bytesLeft;
  private long filesLeft;
  private int open;
  private long files;
  private long bytes;
  private long cutFiles;
  private long cutBytes;
  private long refusedFiles;
  private long failures;

  /**
   * @throws SettingsException when the folder cannot be used
   */
  FileExtraction(ExtractionSettings settings) {
    this.settings = settings;
    try {
      folder = Files.createDirectories(Path.of(settings.folder())).toRealPath();
      bytesLeft = settings.bytesMax() - present();
    } catch (IOException e) {
      throw new SettingsException("cannot keep files in " + settings.folder() + ": " + e, e);
    }
    if (!Files.isWritable(folder)) {
      throw new SettingsException("cannot keep files in " + settings.folder() + ": not writable");
    }
    filesLeft = settings.filesMax();
  }

  /** Returns bytes of files that an earlier run left. */
  private long present() throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> earlier = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path file : earlier) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          sum += Files.size(file);
        }
      }
    }
    return sum;
  }

  boolean takes(String mimeType) {
    return settings.takes(mimeType);
  }

  ExtractionCounts counts() {
    return new ExtractionCounts(files, bytes, cutFiles, cutBytes, refusedFiles, failures);
  }

  /**
   * Begins to keep a file.
   *
   * @return null when it is refused
   */
  @Nullable Copy begin(FileRow file, long nowNs) {
    if (filesLeft <= 0 || bytesLeft <= 0 || open >= OPEN_MAX) {
      refusedFiles++;
      return null;
    }
    String name = PREFIX + seconds(nowNs) + '-' + file.source + '-' + file.fuid;
    try {
      SeekableByteChannel channel = Files.newByteChannel(folder.resolve(name), NEW, FOR_OWNER);
      filesLeft--;
      files++;
      open++;
      file.extracted = name;
      return new Copy(file, channel);
    } catch (IOException e) {
      failures++;
      refusedFiles++;
      return null;
    }
  }

  private static String seconds(long ns) {
    long micros = Math.floorMod(ns, NS_PER_SECOND) / NS_PER_MICROSECOND;
    String digits = Long.toString(1_000_000L + micros).substring(1);
    return Math.floorDiv(ns, NS_PER_SECOND) + "." + digits;
  }

  /** One file under way. */
  final class Copy implements FileReader {

    private final FileRow file;
    private final SeekableByteChannel channel;

    /** Where the next byte goes, and how long the file is: with the holes in it. */
    private long position;

    private long length;
    private boolean isClosed;

    private Copy(FileRow file, SeekableByteChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    /** Goes to another place: what follows stands there. Bytes that never come are a hole. */
    void seek(long offset) {
      position = offset;
    }

    @Override
    public boolean gap(long length) {
      position += length;
      return true;
    }

    @Override
    public boolean data(Payload data) {
      long room = Math.min(settings.fileBytesMax() - position, bytesLeft - growth(position));
      int count = isClosed ? 0 : Math.clamp(room, 0, data.length());
      if (count > 0 && write(ByteBuffer.wrap(data.copy(0, count)))) {
        long grown = growth(position + count);
        bytesLeft -= grown;
        length += grown;
        bytes += count;
        file.extractedBytes = length;
      } else {
        count = 0;
      }
      position += data.length();
      if (count < data.length()) {
        cut(data.length() - count);
      }
      return true; // goes on to count what is left out
    }

    private long growth(long end) {
      return Math.max(0, end - length);
    }

    private boolean write(ByteBuffer from) {
      try {
        channel.position(position);
        while (from.hasRemaining()) {
          channel.write(from);
        }
        return true;
      } catch (IOException e) {
        fail();
        return false;
      }
    }

    private void cut(long count) {
      if (!file.extractionCut) {
        file.extractionCut = true;
        cutFiles++;
      }
      cutBytes += count;
    }

    private void fail() {
      failures++;
      cut(0);
      close();
    }

    private void close() {
      if (!isClosed) {
        isClosed = true;
        open--;
        try {
          channel.close();
        } catch (IOException e) {
          failures++;
        }
      }
    }

    @Override
    public void end() {
      close();
    }
  }
}
