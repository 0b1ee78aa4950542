/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a sensor wrote, and what a tap counted. */
final class Logs {

  private Logs() {}

  /** One record: fields by their Zeek names, values as text; unset fields are absent. */
  record Row(Map<String, String> fields) {

    /** Returns a field's text, {@code -} when unset. */
    String text(String field) {
      return fields.getOrDefault(field, "-");
    }

    /** Returns a field's count, 0 when unset. */
    long count(String field) {
      return Long.parseLong(fields.getOrDefault(field, "0"));
    }
  }

  /** Reads a log of JSON lines; no file means no records. */
  static List<Row> json(Path log) {
    List<Row> records = new ArrayList<>();
    for (String line : lines(log)) {
      Map<String, String> fields = new LinkedHashMap<>();
      Json.object(line).forEach((name, value) -> fields.put(name, value.toString()));
      records.add(new Row(fields));
    }
    return records;
  }

  /** Reads a Zeek TSV log; no file means no records. */
  static List<Row> tsv(Path log) {
    List<Row> records = new ArrayList<>();
    List<String> names = List.of();
    for (String line : lines(log)) {
      List<String> values = List.of(line.split("\t", -1));
      if (values.getFirst().equals("#fields")) {
        names = values.subList(1, values.size());
      } else if (!line.startsWith("#")) {
        records.add(record(names, values));
      }
    }
    return records;
  }

  private static Row record(List<String> names, List<String> values) {
    if (names.size() != values.size()) {
      throw new IllegalStateException("fields " + names + " but values " + values);
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (!values.get(i).equals("-")) {
        fields.put(names.get(i), values.get(i));
      }
    }
    return new Row(fields);
  }

  private static List<String> lines(Path log) {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns connection records, one flow's several records included. */
  static List<Row> connections(Path logs) {
    return json(logs.resolve("conn.log"));
  }

  /** Returns the connections to one port of a responder. */
  static List<Row> connections(Path logs, String responder, int port) {
    return connections(logs).stream()
        .filter(record -> record.text("id.resp_h").equals(responder))
        .filter(record -> record.count("id.resp_p") == port)
        .toList();
  }

  /** Returns the last word on a tap: the sums at the sensor's end. */
  static Row lastTapRecord(Path logs, String sender) {
    return json(logs.resolve("tap.log")).stream()
        .filter(record -> record.fields().containsValue(sender))
        .reduce((first, second) -> second)
        .orElseThrow(() -> new AssertionError("tap.log in " + logs + " knows no tap " + sender));
  }

  /** Reads the ledger that {@code --count-json} wrote. */
  static TapLedger ledger(Path countJson) {
    try {
      return new TapLedger(Json.object(Files.readString(countJson)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
