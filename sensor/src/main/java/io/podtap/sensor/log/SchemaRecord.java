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
 * A row seen through the declaration of its log. Moved from row to row. A text is made once for
 * each row, whoever asks for it, and the same text of a later row is the same object where it was
 * remembered. One thread.
 *
 * @param <R> what records are made of
 */
public final class SchemaRecord<R> implements LogRecord {

  private static final int BUFFER_BYTES = 256;

  /** Texts that are remembered; a power of two. Longer ones are not. */
  private static final int TEXTS = 512;

  private static final int TEXT_BYTES_MAX = 64;

  private static final class Field<R> {
    final Column<R> column;
    long row = -1;
    @Nullable String text;

    Field(Column<R> column) {
      this.column = column;
    }
  }

  private final LogSchema<R> schema;
  private final Map<String, Field<R>> fields = new HashMap<>();
  private final LineBuffer buffer = new LineBuffer(BUFFER_BYTES);
  private final @Nullable String[] texts = new String[TEXTS];
  private @Nullable R row;
  private long rowNumber;
  private long nowNs;

  /** Reads rows of {@code schema}. */
  public SchemaRecord(LogSchema<R> schema) {
    this.schema = schema;
    for (Column<R> column : schema.columns()) {
      fields.put(column.name(), new Field<>(column));
    }
  }

  /** Moves to a row, which is the caller's. */
  public SchemaRecord<R> wrap(R row, long nowNs) {
    this.row = row;
    rowNumber++;
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
  public @Nullable String text(String name) {
    Field<R> field = fields.get(name);
    if (field == null) {
      return null;
    }
    if (field.row != rowNumber) {
      field.row = rowNumber;
      if (field.column.text() instanceof LogSchema.Wire<R> wire) {
        field.text = wire.value().of(Objects.requireNonNull(row));
      } else {
        field.text = write(field) ? remembered() : null;
      }
    }
    return field.text;
  }

  private boolean write(@Nullable Field<R> field) {
    buffer.truncate(0);
    return field != null && field.column.text().write(Objects.requireNonNull(row), buffer);
  }

  /** Returns what the buffer has, where possible as the object that was returned before. */
  private String remembered() {
    byte[] bytes = buffer.bytes();
    int length = buffer.length();
    if (length > TEXT_BYTES_MAX) {
      return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int place = (hash ^ hash >>> 16) & (TEXTS - 1);
    String known = texts[place];
    if (known == null || !isIn(known, bytes, length)) {
      known = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
      texts[place] = known;
    }
    return known;
  }

  private static boolean isIn(String text, byte[] bytes, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != (bytes[i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public long number(String name) {
    Field<R> field = fields.get(name);
    return field == null
        ? LogSchema.UNSET
        : field.column.number().applyAsLong(Objects.requireNonNull(row));
  }

  @Override
  public List<String> texts(String name) {
    if (!write(fields.get(name)) || buffer.length() == 0) {
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
