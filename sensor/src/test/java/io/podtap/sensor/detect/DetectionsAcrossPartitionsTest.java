/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.NoticeSettingsFile;
import io.podtap.sensor.notice.NoticeType;
import io.podtap.sensor.notice.catalog.Detections;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same traffic gives the same notices, however the work is divided and however often an
 * instance continues from what another one has kept.
 */
class DetectionsAcrossPartitionsTest {

  private static final List<DetectTraffic.Message> TRAFFIC = DetectTraffic.of(1);

  static DetectSettings settings(int partitions, String... options) {
    return new DetectSettings(
        BrokerSettings.of("127.0.0.1:1", BrokerSettings.TOPIC_DEFAULT, List.of()),
        NoticeSettingsFile.read(null, List.of(options), null),
        DetectSettings.APPLICATION_DEFAULT,
        DetectSettings.NOTICE_TOPIC_DEFAULT,
        partitions,
        1,
        null);
  }

  /** All partitions in one thread, with the state of each as a store would have it. */
  private static final class Cluster {

    private final DetectSettings settings;
    private final Router router;
    private final List<PartitionDetections> partitions = new ArrayList<>();
    private final List<Map<String, byte[]>> stores = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final ArrayDeque<byte[]> returning = new ArrayDeque<>();

    Cluster(int count) {
      settings = settings(count, DetectTraffic.LEARNING);
      router = new Router(settings);
      for (int i = 0; i < count; i++) {
        partitions.add(make());
        stores.add(new HashMap<>());
      }
    }

    private PartitionDetections make() {
      return new PartitionDetections(
          settings,
          (_, notice) -> {
            notices.add(new String(notice, StandardCharsets.UTF_8));
            returning.add(notice);
          });
    }

    void take(String log, byte[] json, long timeNs) {
      router.route(
          log,
          json,
          timeNs,
          (partition, envelope) -> {
            partitions.get(partition).take(envelope, timeNs);
            partitions
                .get(partition)
                .changes((key, bytes) -> {
                  if (bytes == null) {
                    stores.get(partition).remove(key);
                  } else {
                    stores.get(partition).put(key, bytes);
                  }
                });
          });
      for (byte[] notice = returning.poll(); notice != null; notice = returning.poll()) {
        take("notice", notice, timeNs);
      }
    }

    /** Goes on with a new instance of each partition. */
    void restart() {
      for (int i = 0; i < partitions.size(); i++) {
        PartitionDetections made = make();
        stores.get(i).forEach(made::restore);
        made.resume();
        assertThat(made.invalid()).isZero();
        partitions.set(i, made);
      }
    }

    long invalid() {
      return partitions.stream().mapToLong(PartitionDetections::invalid).sum();
    }
  }

  private static List<String> run(int partitions, int restartEvery) {
    Cluster cluster = new Cluster(partitions);
    int count = 0;
    for (DetectTraffic.Message message : TRAFFIC) {
      cluster.take(message.log(), message.json(), message.timeNs());
      if (restartEvery > 0 && ++count % restartEvery == 0) {
        cluster.restart();
      }
    }
    assertThat(cluster.invalid()).isZero();
    return cluster.notices;
  }

  private static Map<String, Integer> counts(List<String> notices) {
    Map<String, Integer> counts = new TreeMap<>();
    for (String notice : notices) {
      JsonRecord record = JsonRecord.parse("notice", notice.getBytes(StandardCharsets.UTF_8), 0, 0);
      counts.merge(
          record.textOrEmpty("note") + ' ' + record.textOrEmpty("k8s.src"), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void everyKindIsFoundOnce() {
    TreeSet<String> expected = new TreeSet<>();
    for (DetectionKind kind : Detections.all()) {
      if (DetectionGroup.allDetections().contains(kind.name())) {
        kind.notices().stream().map(NoticeType::name).forEach(expected::add);
      }
    }
    expected.remove("Scan::Random_Scan"); // a scan that is neither of the other two
    List<String> notices = run(1, 0);
    TreeSet<String> kinds = new TreeSet<>();
    counts(notices).keySet().forEach(key -> kinds.add(key.substring(0, key.indexOf(' '))));
    assertThat(kinds).containsExactlyElementsOf(expected);
    assertThat(notices).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 31})
  void partitionsDoNotChangeWhatIsFound(int partitions) {
    assertThat(run(partitions, 0)).containsExactlyInAnyOrderElementsOf(run(1, 0));
  }

  @ParameterizedTest
  @CsvSource({"1,1000", "1,97", "4,97", "4,1000"})
  void anInstanceContinuesWhereAnotherOneEnded(int partitions, int restartEvery) {
    assertThat(run(partitions, restartEvery)).containsExactlyElementsOf(run(partitions, 0));
  }
}
