package io.podtap.sensor.sink;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.LogSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * The file of one log, made when its first record comes.
 *
 * @param <R> what records are made of
 */
final class LogFile<R> implements LogStream<R> {

  private static final int BUFFER_BYTES = 64 << 10;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss").withZone(ZoneOffset.UTC);

  private final Path path;
  private final LogSchema<R> schema;
  private final LogFormat format;
  private final Rotation rotation;
  private final LongSupplier clock;
  private final Archive archive;
  private final LineBuffer buffer = new LineBuffer(BUFFER_BYTES + (4 << 10));

  private @Nullable FileChannel channel;
  private long openedNs;
  private long written;

  LogFile(
      Path folder,
      LogSchema<R> schema,
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

  @Override
  public void write(R row) {
    if (channel == null) {
      begin();
    }
    format.write(schema, row, buffer);
    if (buffer.length() >= BUFFER_BYTES) {
      flush();
    }
  }

  private void begin() {
    try {
      if (!rotation.isNever() && Files.exists(path) && Files.size(path) > 0) {
        long modified = Files.getLastModifiedTime(path).to(TimeUnit.NANOSECONDS);
        putAway(modified, modified);
      }
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    openedNs = clock.getAsLong();
    written = 0;
    format.begin(schema, openedNs, buffer);
  }

  /** Writes what is buffered, and begins a new file with the next record when it is time. */
  void flush() {
    if (channel == null) {
      return;
    }
    drain(channel);
    long nowNs = clock.getAsLong();
    if (rotation.isDue(written, nowNs - openedNs)) {
      end(nowNs);
      try {
        putAway(openedNs, nowNs);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void drain(FileChannel target) {
    ByteBuffer bytes = ByteBuffer.wrap(buffer.bytes(), 0, buffer.length());
    written += buffer.length();
    try {
      while (bytes.hasRemaining()) {
        target.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.truncate(0);
  }

  private void end(long nowNs) {
    try (FileChannel ending = channel) {
      channel = null;
      if (ending != null) {
        format.end(nowNs, buffer);
        drain(ending);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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

  void close() {
    end(clock.getAsLong());
  }
}
