package io.podtap.sensor.sink;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.LogSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The file of one log, made when its first records come. Any thread: whoever writes holds the lock
 * for one call.
 */
final class LogFile {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss").withZone(ZoneOffset.UTC);

  private final Path path;
  private final LogSchema<?> schema;
  private final LogFormat format;
  private final Rotation rotation;
  private final LongSupplier clock;
  private final Archive archive;

  /** Header and last lines. */
  private final LineBuffer frame = new LineBuffer(0);

  private @Nullable FileChannel channel;
  private long openedNs;
  private long written;

  LogFile(
      Path folder,
      LogSchema<?> schema,
      LogFormat format,
      Rotation rotation,
      LongSupplier clock,
      Archive archive) {
    this.path = folder.resolve(schema.path() + ".log");
    this.schema = schema;
    this.format = format;
    this.rotation = rotation;
    this.clock = clock;
    this.archive = archive;
  }

  /**
   * Appends whole lines.
   *
   * @throws IOException when they could not be written; the file then has none of them
   */
  synchronized void append(byte[] bytes, int length) throws IOException {
    FileChannel target = channel == null ? begin() : channel;
    write(target, bytes, length);
  }

  private FileChannel begin() throws IOException {
    if (!rotation.isNever() && Files.exists(path) && Files.size(path) > 0) {
      long modified = Files.getLastModifiedTime(path).to(TimeUnit.NANOSECONDS);
      putAway(modified, modified);
    }
    FileChannel target =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    openedNs = clock.getAsLong();
    written = 0;
    frame.truncate(0);
    format.begin(schema, openedNs, frame);
    try {
      write(target, frame.bytes(), frame.length());
    } catch (IOException e) {
      target.close();
      throw e;
    }
    channel = target;
    return target;
  }

  /** A disk that is full takes a part; what it took of a line would spoil the next one. */
  private void write(FileChannel target, byte[] bytes, int length) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(bytes, 0, length);
    try {
      while (source.hasRemaining()) {
        target.write(source);
      }
    } catch (IOException e) {
      target.truncate(written);
      throw e;
    }
    written += length;
  }

  /** Puts the file away when it is full or old; the next records begin a new one. */
  synchronized void rotateWhenDue() throws IOException {
    if (channel == null) {
      return;
    }
    long nowNs = clock.getAsLong();
    if (rotation.isDue(written, nowNs - openedNs)) {
      end(nowNs);
      putAway(openedNs, nowNs);
    }
  }

  private void end(long nowNs) throws IOException {
    try (FileChannel ending = channel) {
      channel = null;
      if (ending != null) {
        frame.truncate(0);
        format.end(nowNs, frame);
        write(ending, frame.bytes(), frame.length());
      }
    }
  }

  private void putAway(long fromNs, long toNs) throws IOException {
    String name = schema.path() + '.' + stamp(fromNs) + '-' + stamp(toNs);
    Path target = path.resolveSibling(name + ".log");
    for (int i = 2; Files.exists(target) || Files.exists(Archive.compressed(target)); i++) {
      target = path.resolveSibling(name + '-' + i + ".log");
    }
    archive.compress(Files.move(path, target));
  }

  private static String stamp(long ns) {
    return STAMP.format(Instant.ofEpochSecond(Math.floorDiv(ns, 1_000_000_000L)));
  }

  synchronized void close() throws IOException {
    end(clock.getAsLong());
  }

  /** Returns the log's path, as its schema has it. */
  String log() {
    return schema.path();
  }
}
