/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Passes on notices as JSON, with their source as key: the workload, or the address. Detections
 * behind a broker write no other log. One thread.
 */
final class NoticeOutput implements LogSink {

  private static final int BUFFER_BYTES = 1 << 10;

  private final BiConsumer<byte[], byte[]> target;
  private final JsonFormat format = new JsonFormat();
  private final LineBuffer buffer = new LineBuffer(BUFFER_BYTES);

  /**
   * @param target takes key and record
   */
  NoticeOutput(BiConsumer<byte[], byte[]> target) {
    this.target = target;
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    if (!schema.path().equals("notice")) {
      throw new IllegalStateException("a detection writes " + schema.path() + ".log");
    }
    return row -> {
      buffer.truncate(0);
      if (!schema.writeText("k8s.src", row, buffer)) {
        buffer.truncate(0);
        schema.writeText("src", row, buffer);
      }
      byte[] key =
          new String(bytes(), StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8);
      buffer.truncate(0);
      format.write(schema, row, buffer);
      buffer.truncate(buffer.length() - 1); // a message has no line end
      target.accept(key, bytes());
    };
  }

  private byte[] bytes() {
    return Arrays.copyOf(buffer.bytes(), buffer.length());
  }

  @Override
  public LogSink another() {
    return new NoticeOutput(target);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
