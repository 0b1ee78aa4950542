package io.podtap.sensor.sink;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.LogSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes each log to a file of its name in one folder.
 *
 * <p>Without rotation a file replaces the one of an earlier run. With it, a file that is full or
 * old becomes {@code NAME.FROM-TO.log.gz}, and what an earlier run left behind is put away the same
 * way.
 */
public final class FolderSink implements LogSink {

  private final Path folder;
  private final LogFormat format;
  private final Rotation rotation;
  private final LongSupplier clock;
  private final Archive archive;
  private final List<LogFile<?>> files = new ArrayList<>();

  /**
   * Makes the folder when it is not there.
   *
   * @param clock tells the time for names and header lines, nanoseconds since 1970
   * @throws SettingsException when the folder cannot be written
   */
  public FolderSink(Path folder, LogFormat format, Rotation rotation, LongSupplier clock) {
    this.folder = folder;
    this.format = format;
    this.rotation = rotation;
    this.clock = clock;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new SettingsException(
          "log folder '" + folder + "' cannot be made: " + e.getMessage(), e);
    }
    if (!Files.isWritable(folder)) {
      throw new SettingsException("log folder '" + folder + "' is not writable");
    }
    this.archive = new Archive();
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    LogFile<R> file = new LogFile<>(folder, schema, format, rotation, clock, archive);
    files.add(file);
    return file;
  }

  @Override
  public void flush() {
    for (LogFile<?> file : files) {
      file.flush();
    }
  }

  @Override
  public void close() {
    for (LogFile<?> file : files) {
      file.close();
    }
    archive.close();
  }

  /** Returns how many rotated files could not be compressed; they stay as they are. */
  public long compressionsFailed() {
    return archive.failed();
  }
}
