/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The file of {@code --count-json}: tried at the start, while it can still be refused, and written
 * at the end. A new file gets its name when all of it is written, so there is never an empty one or
 * a part of one; what is there already is kept until then.
 */
public final class CountFile implements AutoCloseable {

  private final @Nullable Path file;

  /** Whether the file is written where it is: it is no ordinary one, or its folder is not ours. */
  private final boolean inPlace;

  private CountFile(@Nullable Path file, boolean inPlace) {
    this.file = file;
    this.inPlace = inPlace;
  }

  /**
   * Makes sure that the file can be written, without touching what is in it.
   *
   * @param file null for none: {@link #write} then does nothing
   * @throws SettingsException when it cannot be written
   */
  public static CountFile open(@Nullable Path file) {
    if (file == null) {
      return new CountFile(/* file= */ null, /* inPlace= */ false);
    }
    if (Files.isDirectory(file)) {
      throw new SettingsException("count file '" + file + "' cannot be written: it is a folder");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return new CountFile(file, /* inPlace= */ true);
    }
    try {
      Path trial = unfinished(file);
      Files.deleteIfExists(trial);
      Files.delete(Files.createFile(trial));
      return new CountFile(file, /* inPlace= */ false);
    } catch (IOException e) {
      if (Files.isWritable(file)) {
        return new CountFile(file, /* inPlace= */ true); // a mount of this file alone
      }
      throw new SettingsException("count file '" + file + "' cannot be written: " + reason(e), e);
    }
  }

  private static Path unfinished(Path file) {
    return file.resolveSibling(file.getFileName() + ".part");
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "its folder does not exist";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    String why = e instanceof FileSystemException system ? system.getReason() : null;
    return why == null ? String.valueOf(e.getMessage()) : why;
  }

  /**
   * Replaces the file's content.
   *
   * @param log takes one line when that fails; what was there before then stays
   * @return false when it failed
   */
  public boolean write(String text, PrintStream log) {
    if (file == null) {
      return true;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      if (inPlace) {
        write(file, bytes);
      } else {
        replace(file, bytes);
      }
      return true;
    } catch (IOException e) {
      log.println("podtap: count file '" + file + "' cannot be written: " + reason(e));
      return false;
    }
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    Path unfinished = unfinished(file);
    try {
      write(unfinished, bytes);
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }

  private static void write(Path target, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            target,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer source = ByteBuffer.wrap(bytes);
      while (source.hasRemaining()) {
        channel.write(source);
      }
    }
  }

  /** Does nothing: no file is open between {@link #open} and {@link #write}. */
  @Override
  public void close() {}
}
