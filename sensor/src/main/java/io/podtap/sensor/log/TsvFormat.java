/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.sensor.flow.Flow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;

/**
 * Zeek's tab-separated text with its header lines, as {@code zeek-cut} reads it.
 *
 * <p>What is not set is {@code -}, an empty set or text {@code (empty)}; bytes that would be
 * misread are written as {@code \xNN}.
 */
public final class TsvFormat implements LogFormat {

  private static final String UNSET = "-";
  private static final String EMPTY = "(empty)";
  private static final byte[] EMPTY_BYTES = EMPTY.getBytes(StandardCharsets.US_ASCII);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss").withZone(ZoneOffset.UTC);

  private final LineBuffer scratch = new LineBuffer(256);

  @Override
  public void begin(LogSchema<?> schema, long nowNs, LineBuffer target) {
    target.put("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n");
    target.put("#path\t").put(schema.path()).put('\n');
    stamp("#open", nowNs, target);
    target.put("#fields");
    for (Column<?> column : schema.columns()) {
      target.put('\t').put(column.name());
    }
    target.put("\n#types");
    for (Column<?> column : schema.columns()) {
      target.put('\t').put(column.type().zeekName);
    }
    target.put('\n');
  }

  @Override
  public void end(long nowNs, LineBuffer target) {
    stamp("#close", nowNs, target);
  }

  private static void stamp(String key, long nowNs, LineBuffer target) {
    Instant instant = Instant.ofEpochSecond(Math.floorDiv(nowNs, 1_000_000_000L));
    target.put(key).put('\t').put(STAMP.format(instant)).put('\n');
  }

  @Override
  public <R> void write(LogSchema<R> schema, R row, LineBuffer target) {
    List<Column<R>> columns = schema.columns();
    Flow flow = schema.firstAddedColumn() < 0 ? null : schema.flowOf(row);
    if (flow != null) {
      schema.added().prepare(flow);
    }
    for (int i = 0; i < columns.size(); i++) {
      if (i > 0) {
        target.put('\t');
      }
      Column<R> column = columns.get(i);
      if (column.type().isNumber()) {
        number(column.type(), column.number().applyAsLong(row), target);
      } else {
        scratch.truncate(0);
        if (column.text().write(row, scratch)) {
          text(column.type(), target);
        } else {
          target.put(UNSET);
        }
      }
    }
    target.put('\n');
  }

  private static void number(Column.Type type, long value, LineBuffer target) {
    if (value == LogSchema.UNSET) {
      target.put(UNSET);
      return;
    }
    switch (type) {
      case TIME, INTERVAL -> target.seconds(value);
      case BOOL -> target.put(value != 0 ? 'T' : 'F');
      default -> target.decimal(value);
    }
  }

  private void text(Column.Type type, LineBuffer target) {
    int end = scratch.length();
    if (end == 0) {
      target.put(EMPTY);
    } else if (!type.isList()) {
      string(0, end, false, target);
    } else {
      int from = 0;
      for (int i = 0; i <= end; i++) {
        if (i == end || scratch.bytes()[i] == TextSource.SEPARATOR) {
          if (from > 0) {
            target.put(',');
          }
          string(from, i, true, target);
          from = i + 1;
        }
      }
    }
  }

  private void string(int from, int to, boolean inSet, LineBuffer target) {
    byte[] bytes = scratch.bytes();
    int at = from;
    if (looksReserved(bytes, from, to)) {
      target.put("\\x").hex(bytes[at++]);
    }
    while (at < to) {
      int c = bytes[at] & 0xFF;
      int length = c >= 0x80 ? JsonFormat.utf8Length(bytes, at, to) : 1;
      if (length == 0 || c < 0x20 || c == 0x7F || (inSet && c == ',')) {
        target.put("\\x").hex(c);
        at++;
      } else if (c == '\\') {
        target.put('\\').put('\\');
        at++;
      } else {
        target.put(bytes, at, length);
        at += length;
      }
    }
  }

  /** Returns whether the text would be read as unset or empty. */
  private static boolean looksReserved(byte[] bytes, int from, int to) {
    return (to - from == 1 && bytes[from] == '-')
        || Arrays.equals(bytes, from, to, EMPTY_BYTES, 0, EMPTY_BYTES.length);
  }

  @Override
  public LogFormat another() {
    return new TsvFormat();
  }
}
