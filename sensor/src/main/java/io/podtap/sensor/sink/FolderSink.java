package io.podtap.sensor.sink;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.LogSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Writes each log to a file of its name in one folder.
 *
 * <p>Without rotation a file replaces the one of an earlier run. With it, a file that is full or
 * old becomes {@code NAME.FROM-TO.log.gz}, and what an earlier run left behind is put away the same
 * way. What cannot be written is for a {@link LossHandler} to judge.
 */
public final class FolderSink implements LogSink {

  private final Folder folder;
  private final LogFormat format;
  private final List<RecordWriter<?>> writers = new ArrayList<>();

  /**
   * Makes the folder when it is not there.
   *
   * @param clock tells the time for names and header lines, nanoseconds since 1970
   * @throws SettingsException when the folder cannot be written
   */
  public FolderSink(
      Path folder, LogFormat format, Rotation rotation, LongSupplier clock, LossHandler losses) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new SettingsException(
          "log folder '" + folder + "' cannot be made: " + e.getMessage(), e);
    }
    if (!Files.isWritable(folder)) {
      throw new SettingsException("log folder '" + folder + "' is not writable");
    }
    this(new Folder(folder, format, rotation, clock, losses), format);
  }

  private FolderSink(Folder folder, LogFormat format) {
    this.folder = folder;
    this.format = format;
    folder.enter();
  }

  /** The files, which sinks of several threads share; the last one that leaves ends them. */
  private static final class Folder {

    final LossHandler losses;
    private final Path path;
    private final LogFormat format;
    private final Rotation rotation;
    private final LongSupplier clock;
    private final Archive archive = new Archive();
    private final Map<String, LogFile> files = new LinkedHashMap<>();
    private int users;

    Folder(Path path, LogFormat format, Rotation rotation, LongSupplier clock, LossHandler losses) {
      this.path = path;
      this.format = format;
      this.rotation = rotation;
      this.clock = clock;
      this.losses = losses;
    }

    synchronized LogFile file(LogSchema<?> schema) {
      return files.computeIfAbsent(
          schema.path(),
          _ -> new LogFile(path, schema, format.another(), rotation, clock, archive));
    }

    synchronized void enter() {
      users++;
    }

    synchronized void leave() {
      if (--users > 0) {
        return;
      }
      for (LogFile file : files.values()) {
        try {
          file.close();
        } catch (IOException e) {
          losses.onFailure(file.log(), e);
        }
      }
      archive.close();
    }
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    RecordWriter<R> writer = new RecordWriter<>(schema, format, folder.file(schema), folder.losses);
    writers.add(writer);
    return writer;
  }

  @Override
  public FolderSink another() {
    return new FolderSink(folder, format.another());
  }

  @Override
  public void flush() {
    for (RecordWriter<?> writer : writers) {
      writer.flush();
    }
  }

  @Override
  public void close() {
    try {
      for (RecordWriter<?> writer : writers) {
        writer.flush();
        writer.giveUp();
      }
    } finally {
      folder.leave();
    }
  }

  /** Returns how many rotated files could not be compressed; they stay as they are. */
  public long compressionsFailed() {
    return folder.archive.failed();
  }
}
