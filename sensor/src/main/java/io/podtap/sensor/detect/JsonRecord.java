/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record as a sensor writes it to a broker: one JSON object of texts, numbers, truth values and
 * lists of them. Numbers with a decimal point are seconds: times and intervals, the only ones that
 * detections read.
 *
 * @see io.podtap.sensor.log.JsonFormat
 */
final class JsonRecord implements LogRecord {

  /** Longer texts of numbers are invalid. */
  private static final int NUMBER_LENGTH_MAX = 40;

  private static final double NS_PER_SECOND = 1e9;

  private final String log;
  private final long nowNs;

  /** Texts and lists of texts as they are, numbers as {@link Bare}. */
  private final Map<String, Object> fields;

  /** A number or a word. */
  private record Bare(String text) {}

  private JsonRecord(String log, long nowNs, Map<String, Object> fields) {
    this.log = log;
    this.nowNs = nowNs;
    this.fields = fields;
  }

  /**
   * Reads a record.
   *
   * @param nowNs when it was written, nanoseconds since 1970
   * @throws IllegalArgumentException when the bytes are no such object
   */
  static JsonRecord parse(String log, byte[] json, int offset, long nowNs) {
    Parser parser = new Parser(json, offset);
    return new JsonRecord(log, nowNs, parser.object());
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
    return switch (fields.get(field)) {
      case null -> null;
      case String text -> text;
      case Bare bare -> bare.text();
      default -> String.join("" + (char) TextSource.SEPARATOR, texts(field));
    };
  }

  @Override
  public long number(String field) {
    if (!(fields.get(field) instanceof Bare bare)) {
      return LogSchema.UNSET;
    }
    String text = bare.text();
    try {
      return switch (text) {
        case "true" -> 1;
        case "false" -> 0;
        default -> isWhole(text) ? Long.parseLong(text) : nanoseconds(text);
      };
    } catch (NumberFormatException e) {
      return LogSchema.UNSET;
    }
  }

  private static boolean isWhole(String text) {
    return text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
  }

  /** Reads seconds; what a sensor writes has at most six decimals, and is read without rounding. */
  private static long nanoseconds(String text) {
    int point = text.indexOf('.');
    String decimals = text.substring(point + 1);
    if (point < 0 || decimals.isEmpty() || decimals.length() > 9 || !isDigits(decimals)) {
      return (long) (Double.parseDouble(text) * NS_PER_SECOND);
    }
    boolean isNegative = text.startsWith("-");
    long fraction = Long.parseLong((decimals + "00000000").substring(0, 9));
    long whole = Long.parseLong(text.substring(0, point)) * 1_000_000_000L;
    return isNegative ? whole - fraction : whole + fraction;
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  @Override
  public List<String> texts(String field) {
    Object value = fields.get(field);
    if (value instanceof List<?> list) {
      List<String> texts = new ArrayList<>(list.size());
      list.forEach(element -> texts.add((String) element));
      return texts;
    }
    String text = value == null ? null : text(field);
    return text == null || text.isEmpty() ? List.of() : List.of(text);
  }

  /** Reads one object. Texts become one character for each byte. */
  private static final class Parser {

    private final byte[] bytes;
    private int at;

    Parser(byte[] bytes, int at) {
      this.bytes = bytes;
      this.at = at;
    }

    Map<String, Object> object() {
      Map<String, Object> fields = new HashMap<>();
      expect('{');
      if (!has('}')) {
        do {
          String name = string();
          expect(':');
          fields.put(name, value());
        } while (has(','));
        expect('}');
      }
      if (peek() >= 0) {
        throw invalid("the end");
      }
      return fields;
    }

    private Object value() {
      if (!has('[')) {
        return peek() == '"' ? string() : new Bare(bare());
      }
      List<String> elements = new ArrayList<>();
      if (!has(']')) {
        do {
          elements.add(peek() == '"' ? string() : bare());
        } while (has(','));
        expect(']');
      }
      return elements;
    }

    private String bare() {
      peek();
      int from = at;
      while (at < bytes.length && isBare(bytes[at])) {
        at++;
      }
      if (at == from || at - from > NUMBER_LENGTH_MAX) {
        throw invalid("a value");
      }
      return new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
    }

    private static boolean isBare(int c) {
      return (c >= '0' && c <= '9')
          || (c >= 'a' && c <= 'z')
          || c == 'E'
          || c == '-'
          || c == '+'
          || c == '.';
    }

    private String string() {
      expect('"');
      int from = at;
      while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\\') {
        at++;
      }
      if (at < bytes.length && bytes[at] == '"') {
        return new String(bytes, from, at++ - from, StandardCharsets.ISO_8859_1);
      }
      StringBuilder text =
          new StringBuilder(new String(bytes, from, at - from, StandardCharsets.ISO_8859_1));
      while (at < bytes.length && bytes[at] != '"') {
        int c = bytes[at++] & 0xFF;
        if (c == '\\') {
          escaped(text);
        } else {
          text.append((char) c);
        }
      }
      expect('"');
      return text.toString();
    }

    private void escaped(StringBuilder text) {
      int c = at < bytes.length ? bytes[at++] : -1;
      switch (c) {
        case '"', '\\', '/' -> text.append((char) c);
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'u' -> {
          if (at + 4 > bytes.length) {
            throw invalid("four digits");
          }
          int code = 0;
          for (int i = 0; i < 4; i++) {
            int digit = Character.digit(bytes[at + i], 16);
            if (digit < 0) {
              throw invalid("four digits");
            }
            code = code << 4 | digit;
          }
          at += 4;
          for (byte one : String.valueOf((char) code).getBytes(StandardCharsets.UTF_8)) {
            text.append((char) (one & 0xFF));
          }
        }
        default -> throw invalid("an escape");
      }
    }

    private int peek() {
      while (at < bytes.length
          && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
        at++;
      }
      return at < bytes.length ? bytes[at] & 0xFF : -1;
    }

    private boolean has(char wanted) {
      if (peek() != wanted) {
        return false;
      }
      at++;
      return true;
    }

    private void expect(char wanted) {
      if (!has(wanted)) {
        throw invalid("'" + wanted + "'");
      }
    }

    private IllegalArgumentException invalid(String expected) {
      return new IllegalArgumentException(expected + " expected at byte " + at);
    }
  }
}
