/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Writes what was counted as one JSON object, member by member. One thread. */
public final class CountDocument {

  private final StringBuilder out = new StringBuilder("{");

  /** Writes the members of a reading. */
  public CountDocument add(Reading reading) {
    List<? extends Metric<?>> metrics = reading.group().metrics();
    for (int i = 0; i < metrics.size(); i++) {
      Metric<?> metric = metrics.get(i);
      Object value = reading.value(i);
      if (metric.key().isEmpty() || value.equals(Metric.ABSENT)) {
        continue;
      }
      switch (metric.form()) {
        case TEXT -> {
          if (value instanceof Number || value instanceof Boolean) {
            raw(metric.key(), value.toString());
          } else {
            text(metric.key(), value.toString());
          }
        }
        case COUNT -> raw(metric.key(), metric.unit().text((Long) value));
        case FLAG -> flag(metric.key(), (Boolean) value);
        case COUNTS -> counts(metric.key(), reading.counts(metric.key()));
        case HISTOGRAM -> throw new IllegalStateException("a histogram is for metrics only");
      }
    }
    return this;
  }

  /** Writes a text. */
  public CountDocument text(String key, String value) {
    raw(key, quoted(value));
    return this;
  }

  /** Writes a number. */
  public CountDocument count(String key, long value) {
    raw(key, Long.toString(value));
    return this;
  }

  /** Writes a flag. */
  public CountDocument flag(String key, boolean value) {
    raw(key, Boolean.toString(value));
    return this;
  }

  private void counts(String key, Map<String, Long> counts) {
    object(key, object -> counts.forEach(object::count));
  }

  /** Writes an object with what {@code members} adds. */
  public CountDocument object(String key, Consumer<CountDocument> members) {
    begin(key);
    out.append('{');
    members.accept(this);
    out.append('}');
    return this;
  }

  /** Writes an array of objects, one for each element. */
  public <T> CountDocument array(
      String key, Iterable<T> elements, BiConsumer<CountDocument, T> members) {
    begin(key);
    out.append('[');
    for (T element : elements) {
      separate();
      out.append('{');
      members.accept(this, element);
      out.append('}');
    }
    out.append(']');
    return this;
  }

  /** Writes an array of readings. */
  public CountDocument array(String key, Iterable<Reading> readings) {
    return array(key, readings, CountDocument::add);
  }

  private void raw(String key, String value) {
    begin(key);
    out.append(value);
  }

  private void begin(String key) {
    separate();
    out.append(quoted(key)).append(':');
  }

  /** A comma unless the list or object has just begun. */
  private void separate() {
    char last = out.charAt(out.length() - 1);
    if (last != '[' && last != '{') {
      out.append(',');
    }
  }

  /** Closes the document and returns it, without a line's end. */
  public String end() {
    return out.append('}').toString();
  }

  /** Returns {@code text} as a string of JSON. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
