/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import io.podtap.sensor.detect.DetectRun;
import io.podtap.sensor.detect.DetectSettings;
import io.podtap.sensor.detect.Router;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.Stores;

/** Builds the topology. */
final class DetectTopology {

  /** The store with the state of detections. */
  static final String STATE = "state";

  private static final String RECORDS = "records";
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();

  private DetectTopology() {}

  /** Returns the topology. */
  static Topology build(DetectSettings settings, DetectRun run) {
    Map<String, String> logs = logsByTopic(settings);
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STATE), Serdes.String(), BYTES)
            .withCachingEnabled()
            .withLoggingEnabled(Map.of()));
    builder.stream(topics(logs.keySet()), Consumed.with(BYTES, BYTES))
        .process(() -> new RouteProcessor(settings, logs, run))
        .repartition(
            Repartitioned.with(BYTES, BYTES)
                .withName(RECORDS)
                .withNumberOfPartitions(settings.partitions())
                .withStreamPartitioner(new KeyedPartition()))
        .process(() -> new DetectProcessor(settings, run), STATE)
        .to(settings.noticeTopic(), Produced.with(BYTES, BYTES));
    return builder.build();
  }

  /**
   * Returns the topics that are read, with their logs: those of sensors, and the notices, which
   * detections look at as well.
   */
  static Map<String, String> logsByTopic(DetectSettings settings) {
    Map<String, String> logs = new HashMap<>();
    for (String log : new Router(settings).logs()) {
      logs.put(settings.broker().topic(log), log);
      if (log.equals("notice")) {
        logs.put(settings.noticeTopic(), log);
      }
    }
    return logs;
  }

  /** Topics come into being with their first record: a pattern does not wait for them. */
  private static Pattern topics(Set<String> names) {
    return Pattern.compile(names.stream().map(Pattern::quote).collect(Collectors.joining("|")));
  }

  /** Takes the partition from the key, which the router has chosen. */
  private static final class KeyedPartition implements StreamPartitioner<byte[], byte[]> {

    @Override
    public Optional<Set<Integer>> partitions(
        String topic, byte[] key, byte[] value, int numPartitions) {
      return Optional.of(Set.of(RouteProcessor.partition(key)));
    }
  }
}
