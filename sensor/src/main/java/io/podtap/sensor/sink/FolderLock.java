/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second sensor out of a log folder: a lock of the kernel's on a file in it, which ends
 * with the process however that ends. The file goes with the lock; a stale one is no obstacle. Any
 * thread.
 */
final class FolderLock implements AutoCloseable {

  private static final String NAME = ".podtap.lock";
  private static final int TRIES_MAX = 8;
  private static final int LENGTH_RANGE = 4 << 10;

  private final Path folder;
  private final Path file;
  private @Nullable FileChannel channel;

  /**
   * By what the file is known to be ours, without opening it: that would end the lock (fcntl(2)).
   * It has a random length as long as nobody else has made one of the same name.
   */
  private long length;

  private @Nullable Object key;

  /**
   * What the folder is on. Once it is gone it is made again there only: what was on a file system
   * that is no longer mounted does not go to the one below.
   */
  private @Nullable Object device;

  private FolderLock(Path folder) {
    this.folder = folder.toAbsolutePath();
    this.file = folder.resolve(NAME);
  }

  /**
   * Locks a folder.
   *
   * @throws IOException when another process has it, or a file cannot be made there
   */
  static FolderLock take(Path folder) throws IOException {
    FolderLock lock = new FolderLock(folder);
    lock.ensure();
    return lock;
  }

  /**
   * Locks the folder again if it is another one of the same name, or its lock was removed; a folder
   * that was removed is made again on the file system that it was on.
   *
   * @throws IOException as {@link #take}
   */
  synchronized void ensure() throws IOException {
    if (channel != null && isOurs()) {
      return;
    }
    closeChannel();
    if (device == null) {
      device = device(folder);
    } else if (Files.notExists(folder) && device.equals(device(folder))) {
      Files.createDirectories(folder);
    }
    for (int i = 0; i < TRIES_MAX; i++) {
      if (tryOnce()) {
        return;
      }
    }
    throw new IOException("its lock '" + file + "' is removed again and again");
  }

  /** Returns false when the file was removed between its being opened and locked. */
  private boolean tryOnce() throws IOException {
    FileChannel opened =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    try {
      FileLock lock = lock(opened);
      if (lock == null) {
        throw new IOException("another sensor writes there (it holds '" + file + "')");
      }
      mark(opened);
    } catch (IOException e) {
      opened.close();
      throw e;
    }
    channel = opened;
    if (isOurs()) {
      key = attributes().fileKey();
      return true;
    }
    closeChannel();
    return false;
  }

  /** Writes who has the lock, and so much behind it that the length is known to nobody else. */
  private void mark(FileChannel opened) throws IOException {
    byte[] owner = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    length = 1L + owner.length + ThreadLocalRandom.current().nextInt(LENGTH_RANGE);
    byte[] padded = Arrays.copyOf(owner, (int) length);
    Arrays.fill(padded, owner.length, padded.length, (byte) ' ');
    opened.truncate(0);
    ByteBuffer bytes = ByteBuffer.wrap(padded);
    while (bytes.hasRemaining()) {
      opened.write(bytes);
    }
    key = null;
  }

  /** Returns the device of a folder, or where that is gone of the first one over it that is not. */
  private static Object device(Path folder) throws IOException {
    Path there = folder;
    for (Path over = there; over != null; over = over.getParent()) {
      there = over;
      if (Files.exists(over, LinkOption.NOFOLLOW_LINKS)) {
        break;
      }
    }
    return Files.getAttribute(there, "unix:dev");
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static @Nullable FileLock lock(FileChannel opened) throws IOException {
    try {
      return opened.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another sink of this process
    }
  }

  private boolean isOurs() throws IOException {
    try {
      BasicFileAttributes there = attributes();
      return there.size() == length && (key == null || key.equals(there.fileKey()));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void closeChannel() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  /** Removes the file and unlocks, in this order. */
  @Override
  public synchronized void close() throws IOException {
    if (channel != null && isOurs()) {
      Files.deleteIfExists(file);
    }
    closeChannel();
  }
}
