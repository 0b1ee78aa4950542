/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
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
 * <p>What an earlier run has written is never lost: its file is appended to, or put away as {@code
 * NAME.FROM-TO.log.gz}, as is with rotation a file that is full or old. A folder has one writer at
 * a time, which a lock sees to. What cannot be written is for a {@link LossHandler} to judge.
 */
public final class FolderSink implements LogSink {

  private final Folder folder;
  private final LogFormat format;
  private final List<RecordWriter<?>> writers = new ArrayList<>();

  /**
   * As below, with a file of an earlier run appended to.
   *
   * @throws SettingsException when the folder cannot be written, or another sensor writes there
   */
  public FolderSink(
      Path folder, LogFormat format, Rotation rotation, LongSupplier clock, LossHandler losses) {
    this(FolderSettings.appending(folder, rotation), format, clock, losses);
  }

  /**
   * Makes the folder when it is not there.
   *
   * @param clock tells the time for names and header lines, nanoseconds since 1970
   * @throws SettingsException when the folder cannot be written, or another sensor writes there
   */
  public FolderSink(
      FolderSettings settings, LogFormat format, LongSupplier clock, LossHandler losses) {
    this(new Folder(settings, lock(settings.folder()), format, clock, losses), format);
  }

  private static FolderLock lock(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new SettingsException(
          "log folder '" + folder + "' cannot be made: " + e.getMessage(), e);
    }
    if (!Files.isWritable(folder)) {
      throw new SettingsException("log folder '" + folder + "' is not writable");
    }
    try {
      return FolderLock.take(folder);
    } catch (IOException e) {
      throw new SettingsException(
          "log folder '" + folder + "' cannot be used: " + e.getMessage(), e);
    }
  }

  private FolderSink(Folder folder, LogFormat format) {
    this.folder = folder;
    this.format = format;
    folder.enter();
  }

  /** The files, which sinks of several threads share; the last one that leaves ends them. */
  private static final class Folder {

    final FolderSettings settings;
    final LossHandler losses;
    private final FolderLock lock;
    private final LogFormat format;
    private final LongSupplier clock;
    private final Archive archive = new Archive();
    private final Map<String, LogFile> files = new LinkedHashMap<>();
    private int users;

    Folder(
        FolderSettings settings,
        FolderLock lock,
        LogFormat format,
        LongSupplier clock,
        LossHandler losses) {
      this.settings = settings;
      this.lock = lock;
      this.format = format;
      this.clock = clock;
      this.losses = losses;
      try {
        archive.finishLeftovers(settings.folder());
      } catch (IOException e) {
        throw new SettingsException(
            "log folder '" + settings.folder() + "' cannot be read: " + e.getMessage(), e);
      }
    }

    synchronized LogFile file(LogSchema<?> schema) {
      LogFile file =
          files.computeIfAbsent(
              schema.path(),
              _ -> new LogFile(settings, schema, format.another(), clock, lock, archive, losses));
      if (file.isLink()) {
        throw new SettingsException(
            "log file '" + file.path() + "' is a symbolic link, which is not followed");
      }
      return file;
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
      try {
        lock.close();
      } catch (IOException e) {
        losses.onFailure("lock of the folder", e);
      }
    }
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    RecordWriter<R> writer =
        new RecordWriter<>(
            schema, format, folder.file(schema), folder.losses, folder.settings.bufferBytes());
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
