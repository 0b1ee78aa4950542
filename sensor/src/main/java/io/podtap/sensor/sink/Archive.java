/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.core.agent.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Compresses files that are finished, one after another, on a thread of its own. */
final class Archive implements AutoCloseable {

  private static final long CLOSE_SECONDS_MAX = 30;

  /** {@code LOG.FROM-TO.log}, as {@link LogFile} names what it puts away. */
  private static final Pattern ROTATED =
      Pattern.compile("[a-z0-9_]+(\\.\\d{4}(-\\d\\d){5})(-\\d{4}(-\\d\\d){5})(-\\d+)?\\.log");

  private static final String UNFINISHED = ".log.gz.part";

  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Threads.factory("log-archive"));
  private final AtomicLong failed = new AtomicLong();

  /** Returns the name that {@code file} has once it is compressed. */
  static Path compressed(Path file) {
    return file.resolveSibling(file.getFileName() + ".gz");
  }

  /**
   * Finishes what a process that was killed has left: compresses files that it has put away, and
   * removes what is half compressed.
   *
   * @throws IOException when the folder cannot be read
   */
  void finishLeftovers(Path folder) throws IOException {
    List<Path> finished = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        boolean plain = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        if (plain && ROTATED.matcher(name).matches()) {
          finished.add(file);
        } else if (plain && name.endsWith(UNFINISHED)) {
          Files.deleteIfExists(file);
        }
      }
    }
    finished.forEach(this::compress); // only now: what is half compressed from here on is ours
  }

  /** Replaces {@code file} by its compressed form, later. */
  void compress(Path file) {
    executor.execute(() -> {
      Path target = compressed(file);
      Path unfinished = target.resolveSibling(target.getFileName() + ".part");
      try {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
            OutputStream out =
                new GZIPOutputStream(
                    Files.newOutputStream(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                    64 << 10)) {
          in.transferTo(out);
        }
        // One that is there already was made of the same file by a process that was then killed.
        Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(file);
      } catch (IOException e) {
        failed.incrementAndGet(); // the plain file stays
        unfinished.toFile().delete();
      }
    });
  }

  long failed() {
    return failed.get();
  }

  /** Waits for what is under way. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
