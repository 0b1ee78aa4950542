/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import io.podtap.core.json.JsonReader;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.tap.ledger.TapMetrics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads JSON objects, told apart by their members: count files of taps ({@code interfaces}) and of
 * sensors ({@code taps}), records of {@code tap.log} ({@code tap.id}).
 */
final class JsonStatements {

  private final String source;
  private final Statements statements;
  private final TapLogReader tapLog;

  // The document's own members.
  private final Counts packets = new Counts();
  private final Map<String, Counts> interfaces = new LinkedHashMap<>();
  private final Map<String, String> texts = new LinkedHashMap<>();

  private JsonStatements(String source, Statements statements, TapLogReader tapLog) {
    this.source = source;
    this.statements = statements;
    this.tapLog = tapLog;
  }

  /**
   * Adds what a document says.
   *
   * @throws IOException when it is not JSON
   */
  static void read(String source, String text, Statements statements) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    JsonReader json = new JsonReader(new ByteArrayInputStream(bytes));
    TapLogReader tapLog = new TapLogReader(source);
    while (json.follows()) {
      new JsonStatements(source, statements, tapLog).readDocument(json);
    }
    statements.sensors().addAll(tapLog.accounts());
  }

  private void readDocument(JsonReader json) throws IOException {
    if (!json.enterObject()) {
      return;
    }
    while (json.more()) {
      String name = json.name();
      switch (name) {
        case "tap", "pod", "namespace" -> texts.put(name, json.text());
        case "interfaces" -> readInterfaces(json);
        case "taps" -> readTaps(json);
        case "tap.id", "tap.address" -> texts.put(name, json.text());
        default -> readCount(json, name, TapMetrics.PACKETS, packets);
      }
    }
    if (!interfaces.isEmpty()) {
      addTap();
    } else if (texts.containsKey("tap.id")) {
      tapLog.add(texts, packets);
    }
  }

  private void addTap() {
    String namespace = texts.getOrDefault("namespace", "");
    String pod = texts.getOrDefault("pod", "");
    TapAccount tap =
        new TapAccount(
            texts.getOrDefault("tap", source),
            namespace.isEmpty() ? pod : namespace + '/' + pod,
            true);
    interfaces.forEach((name, counts) -> tap.ofInterface(name).add(counts));
    tap.packets().add(packets);
    statements.taps().add(tap);
  }

  private void readInterfaces(JsonReader json) throws IOException {
    if (!json.enterArray()) {
      return;
    }
    while (json.more()) {
      if (json.enterObject()) {
        readInterface(json);
      }
    }
  }

  private void readInterface(JsonReader json) throws IOException {
    String name = "";
    Counts counts = new Counts();
    while (json.more()) {
      String member = json.name();
      if (member.equals("name")) {
        name = json.text();
      } else {
        readCount(json, member, TapMetrics.INTERFACE, counts);
      }
    }
    interfaces.put(name, counts);
  }

  private static void readCount(
      JsonReader json, String name, MetricGroup<?> declared, Counts counts) throws IOException {
    if (!declared.isByName(name)) {
      counts.add(name, json.count(0));
    } else if (json.enterObject()) {
      while (json.more()) {
        json.name();
        counts.add(name, json.count(0));
      }
    }
  }

  private void readTaps(JsonReader json) throws IOException {
    if (!json.enterArray()) {
      return;
    }
    while (json.more()) {
      if (json.enterObject()) {
        readSensorsTap(json);
      }
    }
  }

  private void readSensorsTap(JsonReader json) throws IOException {
    String id = "";
    String address = "";
    Counts counts = new Counts();
    while (json.more()) {
      String name = json.name();
      switch (name) {
        case "id" -> id = json.text();
        case "address" -> address = json.text();
        case "receivedBytes" -> counts.add("received_bytes", json.count(0)); // before 0.2
        case "known" -> json.skip();
        default -> counts.add(name, json.count(0));
      }
    }
    String from = SensorAccount.from(address, counts.get("vni"));
    statements.sensors().add(new SensorAccount(source, id, from, counts));
  }
}
