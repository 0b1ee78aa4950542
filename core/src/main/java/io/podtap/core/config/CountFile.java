package io.podtap.core.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The file of {@code --count-json}: opened at the start, while it can still be refused, and written
 * at the end. A program that is refused meanwhile leaves no empty file behind.
 */
public final class CountFile implements AutoCloseable {

  private final @Nullable FileChannel channel;

  /** What {@link #open} made and {@link #write} has not filled yet. */
  private @Nullable Path empty;

  private CountFile(@Nullable FileChannel channel, @Nullable Path empty) {
    this.channel = channel;
    this.empty = empty;
  }

  /**
   * Opens the file without touching what is in it.
   *
   * @param file null for none: {@link #write} then does nothing
   * @throws SettingsException when it cannot be written
   */
  public static CountFile open(@Nullable Path file) {
    if (file == null) {
      return new CountFile(null, null);
    }
    boolean exists = Files.exists(file);
    try {
      return new CountFile(
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE),
          exists ? null : file);
    } catch (IOException e) {
      throw new SettingsException("count file '" + file + "' cannot be written", e);
    }
  }

  /** Replaces the file's content. */
  public void write(String text) {
    if (channel == null) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try {
      channel.truncate(0);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      empty = null;
    } catch (IOException e) {
      throw new UncheckedIOException("count file", e);
    }
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
      if (empty != null) {
        Files.deleteIfExists(empty);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("count file", e);
    }
  }
}
