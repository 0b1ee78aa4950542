/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import io.podtap.sensor.detect.DetectRun;
import io.podtap.sensor.detect.DetectSettings;
import io.podtap.sensor.detect.Router;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Sends records to the partitions where their ends are at home. One task. */
final class RouteProcessor implements Processor<byte[], byte[], byte[], byte[]> {

  private final DetectSettings settings;
  private final Map<String, String> logs;
  private final DetectRun run;
  private @Nullable ProcessorContext<byte[], byte[]> context;
  private @Nullable Router router;

  /**
   * @param logs names of logs by topic
   */
  RouteProcessor(DetectSettings settings, Map<String, String> logs, DetectRun run) {
    this.settings = settings;
    this.logs = logs;
    this.run = run;
  }

  /** Returns the partition that a key stands for. */
  static int partition(byte[] key) {
    return ByteBuffer.wrap(key).getInt();
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    router = new Router(settings); // again when the task begins again: it forgets what was undone
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    ProcessorContext<byte[], byte[]> at = Objects.requireNonNull(context);
    String log = at.recordMetadata().map(metadata -> logs.get(metadata.topic())).orElse(null);
    byte[] value = record.value();
    if (log == null || value == null) {
      run.invalid();
      return;
    }
    run.record();
    // A sensor whose clock is ahead does not make everything old.
    long timeMs = Math.min(record.timestamp(), at.currentSystemTimeMs());
    Router routes = Objects.requireNonNull(router);
    try {
      routes.route(
          log,
          value,
          TimeUnit.MILLISECONDS.toNanos(timeMs),
          (partition, envelope) ->
              at.forward(
                  new Record<>(
                      ByteBuffer.allocate(Integer.BYTES).putInt(partition).array(),
                      envelope,
                      timeMs)));
    } catch (IllegalArgumentException e) {
      run.invalid();
    }
  }
}
