/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import io.podtap.sensor.flow.Flow;
import java.util.Arrays;

/**
 * JSON lines as Zeek writes them: one object a record, fields that are not set left out, times as
 * seconds since 1970.
 *
 * <p>Text is UTF-8; a byte that is none is written as {@code \\xNN}, which after JSON's own
 * unescaping reads {@code \xNN}.
 */
public final class JsonFormat implements LogFormat {

  private static final long BLANKS = EightBytes.of(' ');
  private static final long QUOTES = EightBytes.of('"');
  private static final long BACKSLASHES = EightBytes.of('\\');

  private final LineBuffer scratch = new LineBuffer(256);
  private final FlowTexts flowTexts = new FlowTexts();

  @Override
  public void begin(LogSchema<?> schema, long nowNs, LineBuffer target) {}

  @Override
  public void end(long nowNs, LineBuffer target) {}

  /** Each field is written with a comma in front; the first one's becomes the opening brace. */
  @Override
  public <R> void write(LogSchema<R> schema, R row, LineBuffer target) {
    int start = target.length();
    int count = schema.columns().size();
    for (int i = schema.skipRare(0, row); i < count; i = schema.skipRare(i, row)) {
      if (i == schema.firstFlowColumn()) {
        flow(schema, row, target);
        i += LogSchema.FLOW_COLUMNS;
      } else if (i == schema.firstAddedColumn()) {
        added(schema, row, target);
        i = count;
      } else {
        column(schema, i, row, target);
        i++;
      }
    }
    if (target.length() == start) {
      target.put('{');
    } else {
      target.bytes()[start] = '{';
    }
    target.put('}').put('\n');
  }

  private <R> void flow(LogSchema<R> schema, R row, LineBuffer target) {
    Flow flow = schema.flow(row);
    byte[] known = flowTexts.find(flow);
    if (known != null) {
      target.put(known);
      return;
    }
    int from = target.length();
    for (int i = 0; i < LogSchema.FLOW_COLUMNS; i++) {
      column(schema, schema.firstFlowColumn() + i, row, target);
    }
    flowTexts.keep(flow, Arrays.copyOfRange(target.bytes(), from, target.length()));
  }

  /** Writes what was added of the record's flow: as before, where that will not change. */
  private <R> void added(LogSchema<R> schema, R row, LineBuffer target) {
    Flow flow = schema.flowOf(row);
    FlowColumns added = schema.added();
    if (flow == null || !added.prepare(flow)) {
      return;
    }
    byte[] known = added.known(flow);
    if (known != null) {
      target.put(known);
      return;
    }
    int from = target.length();
    for (int i = schema.firstAddedColumn(); i < schema.columns().size(); i++) {
      column(schema, i, row, target);
    }
    added.keep(flow, Arrays.copyOfRange(target.bytes(), from, target.length()));
  }

  /** Writes a field, if it is set. */
  private <R> void column(LogSchema<R> schema, int index, R row, LineBuffer target) {
    Column<R> column = schema.columns().get(index);
    if (column.type().isNumber()) {
      long value = column.number().applyAsLong(row);
      if (value != LogSchema.UNSET) {
        target.put(schema.jsonKey(index));
        number(column.type(), value, target);
      }
    } else if (column.type().isQuotedText()) {
      string(schema.jsonKey(index), column.text(), row, target);
    } else {
      scratch.truncate(0);
      if (column.text().write(row, scratch)) {
        target.put(schema.jsonKey(index));
        text(column.type(), target);
      }
    }
  }

  /**
   * Writes text to where it belongs, and again only if something in it has to be escaped.
   *
   * @param key with the first quote
   */
  private <R> void string(FixedText key, TextSource<R> text, R row, LineBuffer target) {
    int start = target.length();
    target.put(key);
    int from = target.length();
    if (!text.write(row, target)) {
      target.truncate(start);
      return;
    }
    int length = target.length() - from;
    if (plainLength(target.bytes(), from, target.length()) == length) {
      target.put('"');
      return;
    }
    scratch.truncate(0);
    scratch.put(target.bytes(), from, length);
    target.truncate(from);
    escaped(0, length, target);
    target.put('"');
  }

  private static void number(Column.Type type, long value, LineBuffer target) {
    switch (type) {
      case TIME -> target.seconds(value);
      case INTERVAL -> target.seconds(value).trimZeros();
      case BOOL -> target.put(value != 0 ? "true" : "false");
      default -> target.decimal(value);
    }
  }

  private void text(Column.Type type, LineBuffer target) {
    if (!type.isList()) {
      element(type, 0, scratch.length(), target);
      return;
    }
    target.put('[');
    int from = 0;
    int end = scratch.length();
    for (int i = 0; i <= end && end > 0; i++) {
      if (i == end || scratch.bytes()[i] == TextSource.SEPARATOR) {
        if (from > 0) {
          target.put(',');
        }
        element(type, from, i, target);
        from = i + 1;
      }
    }
    target.put(']');
  }

  private void element(Column.Type type, int from, int to, LineBuffer target) {
    if (type.isQuoted()) {
      target.put('"');
      escaped(from, to, target);
      target.put('"');
    } else {
      target.put(scratch.bytes(), from, to - from);
    }
  }

  private void escaped(int from, int to, LineBuffer target) {
    byte[] bytes = scratch.bytes();
    for (int i = from; i < to; i++) {
      int plain = plainLength(bytes, i, to);
      target.put(bytes, i, plain);
      i += plain;
      if (i == to) {
        break;
      }
      int c = bytes[i] & 0xFF;
      if (c >= 0x80) {
        int length = utf8Length(bytes, i, to);
        if (length == 0) {
          target.put("\\\\x").hex(c);
        } else {
          target.put(bytes, i, length);
          i += length - 1;
        }
      } else {
        ascii(c, target);
      }
    }
  }

  /** Returns how many bytes stand for themselves: nearly always all of them. */
  private static int plainLength(byte[] bytes, int from, int to) {
    int at = from;
    while (at <= to - Long.BYTES && arePlain(EightBytes.at(bytes, at))) {
      at += Long.BYTES;
    }
    while (at < to && bytes[at] >= ' ' && bytes[at] != '"' && bytes[at] != '\\') {
      at++;
    }
    return at - from;
  }

  /**
   * Returns whether none of eight bytes is a quote, a backslash, below a blank or above ASCII. A
   * high bit anywhere says no; without one, a subtraction borrows into it for bytes that are lower.
   */
  private static boolean arePlain(long eight) {
    long outside = (eight | (eight - BLANKS)) & EightBytes.MARKS;
    long escaped = EightBytes.equal(eight, QUOTES) | EightBytes.equal(eight, BACKSLASHES);
    return (outside | escaped) == 0;
  }

  private static void ascii(int c, LineBuffer target) {
    switch (c) {
      case '"' -> target.put('\\').put('"');
      case '\\' -> target.put('\\').put('\\');
      case '\b' -> target.put('\\').put('b');
      case '\f' -> target.put('\\').put('f');
      case '\n' -> target.put('\\').put('n');
      case '\r' -> target.put('\\').put('r');
      case '\t' -> target.put('\\').put('t');
      default -> {
        if (c < 0x20) {
          target.put("\\u00").hex(c);
        } else {
          target.put(c);
        }
      }
    }
  }

  /** Returns the length of the well-formed UTF-8 sequence at {@code at}, or 0. */
  static int utf8Length(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xFF;
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || at + length > end) {
      return 0;
    }
    int code = first & (0x7F >> length);
    for (int i = 1; i < length; i++) {
      int next = bytes[at + i] & 0xFF;
      if ((next & 0xC0) != 0x80) {
        return 0;
      }
      code = code << 6 | (next & 0x3F);
    }
    boolean tooLong = (length == 3 && code < 0x800) || (length == 4 && code < 0x1_0000);
    boolean outside = code > 0x10_FFFF || (code >= 0xD800 && code <= 0xDFFF);
    return tooLong || outside ? 0 : length;
  }

  @Override
  public LogFormat another() {
    return new JsonFormat();
  }
}
