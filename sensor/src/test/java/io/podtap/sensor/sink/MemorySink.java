/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TsvFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps records as rows of field names and values, as Zeek's tab-separated text has them. */
public final class MemorySink implements LogSink {

  private final Map<String, List<Map<String, String>>> logs = new LinkedHashMap<>();
  private final List<LogSchema<?>> schemas = new ArrayList<>();

  /** Returns the records of one log so far. */
  public List<Map<String, String>> rows(String log) {
    return logs.getOrDefault(log, List.of());
  }

  /** Returns the logs that were opened. */
  public List<LogSchema<?>> schemas() {
    return List.copyOf(schemas);
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    schemas.add(schema);
    TsvFormat format = new TsvFormat();
    LineBuffer line = new LineBuffer(256);
    format.begin(schema, 0, line);
    String fields =
        line.toString().lines().filter(text -> text.startsWith("#fields")).findAny().orElse("");
    List<String> names = List.of(fields.substring("#fields\t".length()).split("\t", -1));
    List<Map<String, String>> rows =
        logs.computeIfAbsent(schema.path(), _ -> Collections.synchronizedList(new ArrayList<>()));
    return row -> {
      line.truncate(0);
      format.write(schema, row, line);
      String text = new String(line.bytes(), 0, line.length() - 1, StandardCharsets.UTF_8);
      String[] words = text.split("\t", -1);
      Map<String, String> record = new LinkedHashMap<>();
      for (int i = 0; i < words.length; i++) {
        record.put(names.get(i), words[i]);
      }
      rows.add(record);
    };
  }

  @Override
  public MemorySink another() {
    return this;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
