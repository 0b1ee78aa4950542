/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import io.podtap.sensor.ingest.IngestMetrics;
import io.podtap.tap.ledger.TapMetrics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a running program answers on its metrics port.
 *
 * @see "Prometheus text exposition format 0.0.4; OpenMetrics 1.0.0"
 */
final class MetricsStatements {

  private static final Pattern SAMPLE =
      Pattern.compile("(podtap_\\w+)(?:\\{(.*)\\})? (-?[0-9]{1,18})");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final String INFO = TapMetrics.IDENTITY.families().iterator().next().fullName();

  private final String source;
  private final Map<String, Counts> interfaces = new LinkedHashMap<>();
  private final Counts packets = new Counts();
  private final Map<String, SensorAccount> sensors = new LinkedHashMap<>();
  private String tap;
  private String pod = "";

  private MetricsStatements(String source) {
    this.source = source;
    tap = source;
  }

  /** Adds what the text says. */
  static void read(String source, String text, Statements statements) {
    MetricsStatements read = new MetricsStatements(source);
    text.lines().forEach(read::readLine);
    if (!read.interfaces.isEmpty()) {
      TapAccount account = new TapAccount(read.tap, read.pod, false);
      read.interfaces.forEach((name, counts) -> account.ofInterface(name).add(counts));
      account.packets().add(read.packets);
      statements.taps().add(account);
    }
    statements.sensors().addAll(read.sensors.values());
  }

  private void readLine(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      return;
    }
    Map<String, String> labels = new HashMap<>();
    if (sample.group(2) != null) {
      Matcher label = LABEL.matcher(sample.group(2));
      while (label.find()) {
        labels.put(label.group(1), label.group(2).replaceAll("\\\\(.)", "$1"));
      }
    }
    add(sample.group(1), labels, Long.parseLong(sample.group(3)));
  }

  private void add(String name, Map<String, String> labels, long count) {
    if (name.equals(INFO)) {
      tap = labels.getOrDefault("tap", source);
      String namespace = labels.getOrDefault("namespace", "");
      pod = (namespace.isEmpty() ? "" : namespace + '/') + labels.getOrDefault("pod", "");
    }
    String ofInterface = TapMetrics.INTERFACE.keyOf(name, labels);
    if (!ofInterface.isEmpty()) {
      interfaces
          .computeIfAbsent(labels.getOrDefault("interface", ""), _ -> new Counts())
          .add(ofInterface, count);
    }
    packets.add(TapMetrics.PACKETS.keyOf(name, labels), count);
    for (IngestMetrics program : List.of(IngestMetrics.SENSOR, IngestMetrics.GATEWAY)) {
      String ofTap = program.tap().keyOf(name, labels);
      if (!ofTap.isEmpty()) {
        sensor(labels).counts().add(ofTap, count);
      }
    }
  }

  private SensorAccount sensor(Map<String, String> labels) {
    String vni = labels.getOrDefault("vni", "");
    String from = labels.getOrDefault("address", "");
    from = vni.startsWith("-") ? SensorAccount.from(from, -1) : from + " VNI " + vni;
    String id = labels.getOrDefault("tap", from);
    String where = from;
    return sensors.computeIfAbsent(
        id + ' ' + from, _ -> new SensorAccount(source, id, where, new Counts()));
  }
}
