/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row seen through the declaration of its log. Moved from row to row. One thread.
 *
 * @param <R> what records are made of
 */
public final class SchemaRecord<R> implements LogRecord {

  private static final int BUFFER_BYTES = 256;

  private final LogSchema<R> schema;
  private final Map<String, Column<R>> columns = new HashMap<>();
  private final LineBuffer buffer = new LineBuffer(BUFFER_BYTES);
  private @Nullable R row;
  private long nowNs;

  /** Reads rows of {@code schema}. */
  public SchemaRecord(LogSchema<R> schema) {
    this.schema = schema;
    for (Column<R> column : schema.columns()) {
      columns.put(column.name(), column);
    }
  }

  /** Moves to a row, which is the caller's. */
  public SchemaRecord<R> wrap(R row, long nowNs) {
    this.row = row;
    this.nowNs = nowNs;
    return this;
  }

  @Override
  public String log() {
    return schema.path();
  }

  @Override
  public long nowNs() {
    return nowNs;
  }

  @Override
  public @Nullable String text(String field) {
    return write(field)
        ? new String(buffer.bytes(), 0, buffer.length(), StandardCharsets.ISO_8859_1)
        : null;
  }

  private boolean write(String field) {
    Column<R> column = columns.get(field);
    buffer.truncate(0);
    return column != null && column.text().write(Objects.requireNonNull(row), buffer);
  }

  @Override
  public long number(String field) {
    Column<R> column = columns.get(field);
    return column == null
        ? LogSchema.UNSET
        : column.number().applyAsLong(Objects.requireNonNull(row));
  }

  @Override
  public List<String> texts(String field) {
    if (!write(field) || buffer.length() == 0) {
      return List.of();
    }
    List<String> elements = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= buffer.length(); i++) {
      if (i == buffer.length() || buffer.bytes()[i] == TextSource.SEPARATOR) {
        elements.add(new String(buffer.bytes(), from, i - from, StandardCharsets.ISO_8859_1));
        from = i + 1;
      }
    }
    return elements;
  }
}
