/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import io.podtap.sensor.detect.DetectRun;
import io.podtap.sensor.detect.DetectSettings;
import io.podtap.sensor.detect.PartitionDetections;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Runs the detections of one partition. What a record has changed is in the store before the next
 * record is taken, so whatever is committed is whole. One task.
 */
final class DetectProcessor implements Processor<byte[], byte[], byte[], byte[]> {

  private final DetectSettings settings;
  private final DetectRun run;
  private @Nullable ProcessorContext<byte[], byte[]> context;
  private @Nullable KeyValueStore<String, byte[]> store;
  private @Nullable PartitionDetections detections;
  private long timeMs;
  private long invalid;
  private long evicted;

  DetectProcessor(DetectSettings settings, DetectRun run) {
    this.settings = settings;
    this.run = run;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    KeyValueStore<String, byte[]> kept = context.getStateStore(DetectTopology.STATE);
    PartitionDetections made = new PartitionDetections(settings, this::onNotice);
    try (KeyValueIterator<String, byte[]> entries = kept.all()) {
      while (entries.hasNext()) {
        KeyValue<String, byte[]> entry = entries.next();
        made.restore(entry.key, entry.value);
      }
    }
    made.resume();
    store = kept;
    if (detections == null) {
      run.tasks(1);
    }
    detections = made;
    invalid = 0;
    evicted = 0;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    PartitionDetections running = Objects.requireNonNull(detections);
    KeyValueStore<String, byte[]> kept = Objects.requireNonNull(store);
    timeMs = record.timestamp();
    running.take(record.value(), TimeUnit.MILLISECONDS.toNanos(timeMs));
    running.changes(kept::put); // null deletes
    long nowInvalid = running.invalid();
    long nowEvicted = running.evicted();
    run.lost(nowInvalid - invalid, nowEvicted - evicted);
    invalid = nowInvalid;
    evicted = nowEvicted;
  }

  private void onNotice(byte[] key, byte[] notice) {
    run.notice();
    Objects.requireNonNull(context).forward(new Record<>(key, notice, timeMs));
  }

  @Override
  public void close() {
    if (detections != null) {
      run.tasks(-1);
      detections = null;
    }
  }
}
