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
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second sensor out of a log folder: a lock of the kernel's on a file in it, which ends with
 * the process however that ends. The file goes with the lock; a stale one is no obstacle. Any
 * thread.
 */
final class FolderLock implements AutoCloseable {

  private static final String NAME = ".podtap.lock";
  private static final int TRIES_MAX = 8;

  private final Path file;
  private @Nullable FileChannel channel;

  /** What the file holds while it is ours: a file of the same name may be another's. */
  private byte[] token = new byte[0];

  private FolderLock(Path folder) {
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
   * Locks the folder again if it is another one of the same name, or its lock was removed.
   *
   * @throws IOException as {@link #take}
   */
  synchronized void ensure() throws IOException {
    if (channel != null && isOurs()) {
      return;
    }
    closeChannel();
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
            Set.of(
                StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    try {
      FileLock lock = lock(opened);
      if (lock == null) {
        throw new IOException("another sensor writes there (it holds '" + file + "')");
      }
      token = (ProcessHandle.current().pid() + " " + UUID.randomUUID() + "\n").getBytes(
          StandardCharsets.US_ASCII);
      opened.truncate(0);
      ByteBuffer bytes = ByteBuffer.wrap(token);
      while (bytes.hasRemaining()) {
        opened.write(bytes);
      }
    } catch (IOException e) {
      opened.close();
      throw e;
    }
    channel = opened;
    if (isOurs()) {
      return true;
    }
    closeChannel();
    return false;
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
      return Arrays.equals(Files.readAllBytes(file), token);
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
