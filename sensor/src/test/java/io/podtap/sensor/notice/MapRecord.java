/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record made by a test. */
public final class MapRecord implements LogRecord {

  private final String log;
  private final long nowNs;
  private final Map<String, Object> fields = new HashMap<>();

  public MapRecord(String log, long nowNs) {
    this.log = log;
    this.nowNs = nowNs;
  }

  public MapRecord with(String field, Object value) {
    fields.put(field, value);
    return this;
  }

  @Override
  public String log() {
    return log;
  }

  @Override
  public long nowNs() {
    return nowNs;
  }

  @Override
  public @Nullable String text(String field) {
    return fields.get(field) instanceof String text ? text : null;
  }

  @Override
  public long number(String field) {
    return fields.get(field) instanceof Number number ? number.longValue() : LogSchema.UNSET;
  }

  @Override
  @SuppressWarnings("unchecked")
  public List<String> texts(String field) {
    return fields.get(field) instanceof List<?> list ? (List<String>) list : List.of();
  }
}
