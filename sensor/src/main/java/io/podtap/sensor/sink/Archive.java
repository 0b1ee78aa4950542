package io.podtap.sensor.sink;

import io.podtap.core.agent.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;

/** Compresses files that are finished, one after another, on a thread of its own. */
final class Archive implements AutoCloseable {

  private static final long CLOSE_SECONDS_MAX = 30;

  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(Threads.factory("log-archive"));
  private final AtomicLong failed = new AtomicLong();

  /** Returns the name that {@code file} has once it is compressed. */
  static Path compressed(Path file) {
    return file.resolveSibling(file.getFileName() + ".gz");
  }

  /** Replaces {@code file} by its compressed form, later. */
  void compress(Path file) {
    executor.execute(
        () -> {
          Path target = compressed(file);
          Path unfinished = target.resolveSibling(target.getFileName() + ".part");
          try {
            try (InputStream in = Files.newInputStream(file);
                OutputStream out =
                    new GZIPOutputStream(Files.newOutputStream(unfinished), 64 << 10)) {
              in.transferTo(out);
            }
            Files.move(unfinished, target);
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
