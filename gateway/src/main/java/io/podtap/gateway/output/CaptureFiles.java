/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one folder: their names, and which of them have to go. A file is called {@code
 * podtap-20261124T034500Z-000001.pcapng}, and has {@code .part} behind that while it is written.
 * Nothing else in the folder is touched. One thread.
 */
final class CaptureFiles {

  private static final String PREFIX = "podtap-";
  private static final String SUFFIX = ".pcapng";
  private static final String UNFINISHED = ".part";
  private static final Pattern OURS =
      Pattern.compile("podtap-[0-9]{8}T[0-9]{6}Z-[0-9]{6,10}\\.pcapng(\\.part)?");

  /** Held by whoever writes here, so that a second gateway leaves the folder alone. */
  private static final String LOCK = ".podtap-gateway.lock";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final OutputSettings.Files limits;
  private @Nullable FileChannel lock;
  private @Nullable Object lockKey;
  private int last;

  private CaptureFiles(Path folder, OutputSettings.Files limits) {
    this.folder = folder;
    this.limits = limits;
  }

  /**
   * Opens the folder, and makes it if it is not there. Files that an earlier run did not finish are
   * finished: all but their last block can be read.
   *
   * @throws SettingsException when it cannot be written
   */
  static CaptureFiles open(OutputSettings.Files settings) {
    Path folder = settings.folder();
    try {
      Files.createDirectories(folder);
      if (!Files.isWritable(folder)) {
        throw new SettingsException("folder '" + folder + "' cannot be written");
      }
      CaptureFiles files = new CaptureFiles(folder, settings);
      files.lock();
      for (Path left : files.list(SUFFIX + UNFINISHED)) {
        files.finish(left);
      }
      return files;
    } catch (IOException | UncheckedIOException e) {
      throw new SettingsException("folder '" + folder + "' cannot be used: " + e.getMessage(), e);
    }
  }

  /** Locks the folder; again when it is another one of the same name. */
  private void lock() throws IOException {
    if (isOurLock()) {
      return;
    }
    close();
    Path file = folder.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    if (!isLocked(channel)) {
      channel.close();
      throw new IOException("another gateway writes to it");
    }
    lock = channel;
    lockKey = key(file);
  }

  private boolean isOurLock() {
    try {
      return lock != null && Objects.equals(key(folder.resolve(LOCK)), lockKey);
    } catch (IOException e) {
      return false; // removed, or its folder
    }
  }

  private static @Nullable Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // by another output of this gateway
    }
  }

  /** Lets another gateway write to the folder. */
  void close() {
    try (FileChannel held = lock) {
      if (held != null && isOurLock()) {
        Files.delete(folder.resolve(LOCK));
      }
    } catch (IOException e) {
      // it is unlocked all the same
    }
    lock = null;
  }

  /** Returns a name that no file has. */
  Path next(Instant now) throws IOException {
    lock();
    Path file;
    do {
      last++;
      file = folder.resolve("%s%s-%06d%s".formatted(PREFIX, TIME.format(now), last, SUFFIX));
    } while (Files.exists(file));
    return file.resolveSibling(file.getFileName() + UNFINISHED);
  }

  /** Gives a file that is complete its name. */
  void finish(Path unfinished) throws IOException {
    String name = String.valueOf(unfinished.getFileName());
    Files.move(
        unfinished,
        unfinished.resolveSibling(name.substring(0, name.length() - UNFINISHED.length())));
  }

  /** Deletes complete files, the oldest first, until age and size of the rest are in the limits. */
  void retain(Instant now) throws IOException {
    List<Path> files = list(SUFFIX);
    long bytes = 0;
    for (int i = files.size() - 1; i >= 0; i--) {
      Path file = files.get(i);
      bytes += Files.size(file);
      boolean tooOld =
          limits.keepSeconds() > 0
              && Files.getLastModifiedTime(file)
                  .toInstant()
                  .isBefore(now.minusSeconds(limits.keepSeconds()));
      if (tooOld || (limits.keepBytes() > 0 && bytes > limits.keepBytes())) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Returns our files that end so, the oldest first. */
  private List<Path> list(String end) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> ours = new ArrayList<>(all.filter(file -> isOurs(file, end)).toList());
      ours.sort(Comparator.comparing(file -> String.valueOf(file.getFileName())));
      return ours;
    }
  }

  private static boolean isOurs(Path file, String end) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(end)
        && OURS.matcher(name).matches()
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }
}
