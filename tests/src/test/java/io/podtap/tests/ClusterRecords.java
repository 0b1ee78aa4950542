/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What the chart's sensors have written to their standard output, read again for each question. */
final class ClusterRecords {

  private final Cluster cluster;

  ClusterRecords(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Returns the records that are looked for. */
  List<Logs.Row> all(Predicate<Logs.Row> predicate) {
    return cluster
        .kubectl("-n", "podtap", "logs", "-l", Cluster.SENSORS, "-c", "sensor", "--tail=-1")
        .lines()
        .filter(line -> line.startsWith("{\"ts\""))
        .map(ClusterRecords::row)
        .filter(predicate)
        .toList();
  }

  /** Waits for records. */
  List<Logs.Row> await(Predicate<Logs.Row> predicate) {
    return Cluster.eventually().until(() -> all(predicate), rows -> !rows.isEmpty());
  }

  /** Waits for a record, and asserts that there is no second one. */
  Logs.Row only(Predicate<Logs.Row> predicate) {
    List<Logs.Row> found = await(predicate);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  /** Waits until the newest record on the tap of a pod is as it should be. */
  Logs.Row tap(String pod, Predicate<Logs.Row> predicate) {
    return Cluster.eventually()
        .until(
            () -> all(record -> record.text("tap.pod").equals(pod)),
            rows -> !rows.isEmpty() && predicate.test(rows.getLast()))
        .getLast();
  }

  /**
   * Asserts that the connection which a record is about was recorded once, and by the taps of all
   * these pods.
   */
  Logs.Row assertSeenByTapsOf(Logs.Row record, String... names) {
    Logs.Row connection =
        only(row ->
            row.text("uid").equals(record.text("uid")) && row.fields().containsKey("conn_state"));
    String taps = connection.text("tap.id") + " " + connection.text("tap.also");
    for (String name : names) {
      assertThat(taps).as("tap of %s", name).contains(tapId(name));
    }
    return connection;
  }

  private String tapId(String pod) {
    return tap(pod, row -> true).text("tap.id");
  }

  private static Logs.Row row(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    Json.object(line).forEach((name, value) -> fields.put(name, value.toString()));
    return new Logs.Row(fields);
  }
}
