/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.LogSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The file of one log, made when its first records come. What an earlier run has written stays: new
 * lines go behind it. Whether the file still stands under its name is looked at with every write
 * and every flush; one that was removed, moved or emptied is begun again. Symbolic links are not
 * followed. Any thread: whoever writes holds the lock for one call.
 */
final class LogFile {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss").withZone(ZoneOffset.UTC);

  private final Path path;
  private final LogSchema<?> schema;
  private final LogFormat format;
  private final FolderSettings settings;
  private final LongSupplier clock;
  private final FolderLock lock;
  private final Archive archive;
  private final LossHandler losses;

  /** Header and last lines. */
  private final LineBuffer frame = new LineBuffer(0);

  private @Nullable FileChannel channel;

  /** Which file the channel is, by device and inode. */
  private @Nullable Object key;

  private boolean begun;
  private long openedNs;
  private long written;

  LogFile(
      FolderSettings settings,
      LogSchema<?> schema,
      LogFormat format,
      LongSupplier clock,
      FolderLock lock,
      Archive archive,
      LossHandler losses) {
    this.path = settings.folder().resolve(schema.path() + ".log");
    this.settings = settings;
    this.schema = schema;
    this.format = format;
    this.clock = clock;
    this.lock = lock;
    this.archive = archive;
    this.losses = losses;
  }

  /** Returns whether there is a symbolic link in the file's place. */
  boolean isLink() {
    return Files.isSymbolicLink(path);
  }

  Path path() {
    return path;
  }

  /**
   * Appends whole lines.
   *
   * @throws IOException when they could not be written; the file then has none of them
   */
  synchronized void append(byte[] bytes, int length) throws IOException {
    write(isInPlace() ? opened() : begin(), bytes, length);
    if (!isInPlace()) {
      write(begin(), bytes, length); // removed meanwhile: nobody would ever read them
    }
  }

  private FileChannel opened() {
    return Objects.requireNonNull(channel);
  }

  /**
   * Returns whether the file that is open stands under its name; closes it if not. Where others
   * have cut or lengthened it, the next line goes to its end.
   */
  private boolean isInPlace() throws IOException {
    if (channel == null) {
      return false;
    }
    try {
      BasicFileAttributes there = attributes();
      boolean emptied = there.size() == 0 && written > 0;
      if (Objects.equals(there.fileKey(), key) && !emptied) {
        written = there.size();
        return true;
      }
    } catch (IOException e) {
      // not there, or not to be looked at: it is begun again, which tells why it cannot be
    }
    opened().close();
    channel = null;
    return false;
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private FileChannel begin() throws IOException {
    lock.ensure();
    if (isLink()) {
      throw new IOException("'" + path + "' is a symbolic link, which is not followed");
    }
    boolean first = !begun;
    if (first
        && settings.older() == FolderSettings.Older.PUT_AWAY
        && Files.exists(path)
        && Files.size(path) > 0) {
      putAwayOlder();
    }
    String header = header();
    FileChannel target = open();
    try {
      if (first) {
        cutIncompleteLine(target);
      }
      String beginning = header;
      if (target.size() > 0) {
        switch (OlderFile.sequel(target, header)) {
          case LINES -> beginning = OlderFile.openLine(header);
          case HEADER -> {}
          case NONE -> {
            target.close();
            putAwayOlder();
            target = open();
          }
        }
      }
      written = target.size();
      byte[] bytes = beginning.getBytes(StandardCharsets.ISO_8859_1);
      write(target, bytes, bytes.length);
    } catch (IOException e) {
      target.close();
      throw e;
    }
    begun = true;
    channel = target;
    return target;
  }

  private FileChannel open() throws IOException {
    FileChannel target =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS));
    BasicFileAttributes attributes = attributes();
    key = attributes.fileKey();
    openedNs = attributes.size() > 0 ? since(attributes) : clock.getAsLong();
    return target;
  }

  /** Returns since when a file is there; where nobody knows, since when it has not changed. */
  private static long since(BasicFileAttributes attributes) {
    FileTime created = attributes.creationTime();
    return (created.toMillis() > 0 ? created : attributes.lastModifiedTime())
        .to(TimeUnit.NANOSECONDS);
  }

  private String header() {
    frame.truncate(0);
    format.begin(schema, clock.getAsLong(), frame);
    return new String(frame.bytes(), 0, frame.length(), StandardCharsets.ISO_8859_1);
  }

  /** A process that was killed, or a machine, may have written a part of a line. */
  private void cutIncompleteLine(FileChannel target) throws IOException {
    long whole = OlderFile.wholeLines(target);
    if (whole < target.size()) {
      target.truncate(whole);
      losses.onCut(schema.path());
    }
  }

  /** A disk that is full takes a part; what it took of a line would spoil the next one. */
  private void write(FileChannel target, byte[] bytes, int length) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(bytes, 0, length);
    try {
      while (source.hasRemaining()) {
        target.write(source, written + source.position());
      }
    } catch (IOException e) {
      target.truncate(written);
      throw e;
    }
    written += length;
  }

  /** Puts the file away when it is full or old; the next records begin a new one. */
  synchronized void rotateWhenDue() throws IOException {
    if (!isInPlace()) {
      return;
    }
    long nowNs = clock.getAsLong();
    if (settings.rotation().isDue(written, nowNs - openedNs)) {
      end(nowNs);
      putAway(openedNs, nowNs);
    }
  }

  private void end(long nowNs) throws IOException {
    try (FileChannel ending = channel) {
      channel = null;
      if (ending != null) {
        frame.truncate(0);
        format.end(nowNs, frame);
        write(ending, frame.bytes(), frame.length());
      }
    }
  }

  private void putAwayOlder() throws IOException {
    BasicFileAttributes older = attributes();
    putAway(since(older), older.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  private void putAway(long fromNs, long toNs) throws IOException {
    String name = schema.path() + '.' + stamp(fromNs) + '-' + stamp(toNs);
    Path target = path.resolveSibling(name + ".log");
    for (int i = 2; Files.exists(target) || Files.exists(Archive.compressed(target)); i++) {
      target = path.resolveSibling(name + '-' + i + ".log");
    }
    archive.compress(Files.move(path, target));
  }

  private static String stamp(long ns) {
    return STAMP.format(Instant.ofEpochSecond(Math.floorDiv(ns, 1_000_000_000L)));
  }

  synchronized void close() throws IOException {
    if (isInPlace()) {
      end(clock.getAsLong());
    }
  }

  /** Returns the log's path, as its schema has it. */
  String log() {
    return schema.path();
  }
}
