/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.sensor.notice.NoticeStage;
import io.podtap.sensor.notice.state.StageState;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The detections of one partition: envelopes in, notices out, and their state as entries by key.
 * One thread.
 */
public final class PartitionDetections {

  private record Running(NoticeStage stage, StageState state) {}

  private final RecordNames names = new RecordNames();
  private final Map<DetectionGroup, Running> groups = new EnumMap<>(DetectionGroup.class);
  private long invalid;

  /** Whether findings are notices now. */
  private boolean raises;

  /**
   * @param notices takes key and record of each notice
   * @throws io.podtap.core.config.SettingsException when an option is invalid
   */
  public PartitionDetections(DetectSettings settings, BiConsumer<byte[], byte[]> notices) {
    NoticeOutput output =
        new NoticeOutput((key, notice) -> {
          if (raises) {
            notices.accept(key, notice);
          }
        });
    GroupStages.make(settings.notices(), output, names)
        .forEach((group, stage) -> groups.put(group, new Running(stage, new StageState(stage))));
  }

  /**
   * Takes one envelope; an invalid one is counted.
   *
   * @param timeNs when the record was written, nanoseconds since 1970
   */
  public void take(byte[] bytes, long timeNs) {
    Envelope envelope = Envelope.read(bytes);
    if (envelope == null) {
      invalid++;
      return;
    }
    JsonRecord record;
    try {
      record = JsonRecord.parse(envelope.log(), envelope.bytes(), envelope.offset(), timeNs);
    } catch (IllegalArgumentException e) {
      invalid++;
      return;
    }
    names.wrap(record);
    raises = envelope.raises();
    for (DetectionGroup group : envelope.groups()) {
      Running running = groups.get(group);
      if (running != null) {
        running.stage().onRecord(record);
      }
    }
  }

  /**
   * Passes on every entry of the state that may have changed since the last call.
   *
   * @param target takes key and bytes; null where the entry is gone
   */
  public void changes(BiConsumer<String, byte @Nullable []> target) {
    groups.forEach((group, running) ->
        running.state().changes((key, bytes) -> target.accept(group.name() + ' ' + key, bytes)));
  }

  /** Takes an entry of the state of an instance before this one; see {@link #resume}. */
  public void restore(String key, byte[] bytes) {
    int blank = key.indexOf(' ');
    for (Map.Entry<DetectionGroup, Running> one : groups.entrySet()) {
      if (blank > 0 && one.getKey().name().equals(key.substring(0, blank))) {
        one.getValue().state().restore(key.substring(blank + 1), bytes);
        return;
      }
    }
    invalid++; // of a group that was not chosen
  }

  /** Continues with what was restored; called before the first envelope. */
  public void resume() {
    groups.values().forEach(running -> running.state().resume());
  }

  /** Returns the names of the tables that the state consists of. */
  Set<String> tables() {
    Set<String> names = new TreeSet<>();
    groups.forEach((group, running) ->
        running.state().tables().forEach(table -> names.add(group.name() + ' ' + table)));
    return names;
  }

  /** Returns how many envelopes and entries of the state were invalid. */
  public long invalid() {
    long sum = invalid;
    for (Running running : groups.values()) {
      sum += running.state().invalid();
    }
    return sum;
  }

  /** Returns an estimate of the state, bytes. */
  public long heldBytes() {
    long sum = 0;
    for (Running running : groups.values()) {
      sum += running.stage().heldBytes();
    }
    return sum;
  }

  /** Returns how many entries of the state were given up because it was full. */
  public long evicted() {
    long sum = 0;
    for (Running running : groups.values()) {
      sum += running.stage().evicted();
    }
    return sum;
  }
}
