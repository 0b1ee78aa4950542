/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of one message or of one part of it, as far as they matter; of a field that
 * comes twice the last one counts. One thread.
 */
final class HeaderFields {

  /** Bytes of a value kept, folded lines together. */
  private static final int VALUE_MAX = 16 << 10;

  /** Bytes of a name that are shown. */
  private static final int NAME_MAX = 64;

  private static final int FIELDS = HttpHeader.values().length;

  /** Of those who have none: between messages, that is nearly every connection. */
  private static final @Nullable String[] NONE = {};

  private final HeldHeap held;
  private @Nullable String[] values = NONE;
  private @Nullable HttpHeader last;
  private @Nullable String foldedName;
  private long bytes;
  private int lines;
  private long repeated;
  private int rangeLine;
  private int encodingLine;

  HeaderFields(HeapAccount account) {
    held = new HeldHeap(account);
  }

  /** Forgets everything. */
  void clear() {
    values = NONE;
    last = null;
    foldedName = null;
    bytes = 0;
    lines = 0;
    repeated = 0;
    rangeLine = 0;
    encodingLine = 0;
    held.clear();
  }

  /**
   * Takes a line of a head; a line that begins with a blank goes on with the one before.
   *
   * @param isFolded whether the next line goes on with this one, as far as that can be seen
   * @return the field that got a new value, or null
   */
  @Nullable HttpHeader line(Payload line, boolean isFolded) {
    int first = line.u8(0);
    bytes += line.length();
    lines++;
    if (first == ' ' || first == '\t') {
      HttpHeader folded = last;
      if (folded != null) {
        String more = value(line, 0);
        String value = get(folded);
        if (value.length() + more.length() < VALUE_MAX) {
          set(folded, value.isEmpty() ? more : value + ' ' + more);
        }
      }
      return folded;
    }
    int colon = line.indexOf(':', 0);
    int nameLength = colon;
    while (nameLength > 0 && isBlank(line.u8(nameLength - 1))) {
      nameLength--;
    }
    last = colon < 0 ? null : HttpHeader.of(line, nameLength);
    if (isFolded && foldedName == null && colon >= 0) {
      foldedName = line.text(0, Math.min(nameLength, NAME_MAX));
    }
    if (last == HttpHeader.CONTENT_RANGE) {
      rangeLine = lines;
    } else if (last == HttpHeader.TRANSFER_ENCODING) {
      encodingLine = lines;
    }
    if (last != null) {
      if (has(last)) {
        repeated |= 1L << last.ordinal();
      }
      set(last, value(line, colon + 1));
    }
    return last;
  }

  /** Sets a field. */
  void set(HttpHeader header, String value) {
    if (values.length == 0) {
      values = new @Nullable String[FIELDS];
      held.grow(HeapSize.bytes(Integer.BYTES * FIELDS));
    }
    held.grow(HeapSize.text(value)); // what it replaces counts until the head is forgotten
    values[header.ordinal()] = value;
  }

  private static String value(Payload line, int from) {
    int start = from;
    int end = line.length();
    while (start < end && isBlank(line.u8(start))) {
      start++;
    }
    while (end > start && isBlank(line.u8(end - 1))) {
      end--;
    }
    return line.text(start, end - start);
  }

  static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }

  private @Nullable String value(HttpHeader header) {
    return values.length == 0 ? null : values[header.ordinal()];
  }

  /** Returns whether the field came. */
  boolean has(HttpHeader header) {
    return value(header) != null;
  }

  /** Returns the field's value, or an empty text. */
  String get(HttpHeader header) {
    String value = value(header);
    return value == null ? "" : value;
  }

  /** Returns whether the field's value has {@code word} in it, in either case. */
  boolean mentions(HttpHeader header, String word) {
    String value = value(header);
    return value != null && value.toLowerCase(Locale.ROOT).contains(word);
  }

  /** Returns the length of the body as the head says, or -1. */
  long contentLength() {
    return unsigned(get(HttpHeader.CONTENT_LENGTH));
  }

  /** Returns the name of the first field that goes on in a further line, or null. */
  @Nullable String foldedName() {
    return foldedName;
  }

  /** Returns whether the field came more than once. */
  boolean isRepeated(HttpHeader header) {
    return (repeated & 1L << header.ordinal()) != 0;
  }

  /** Returns how many bytes the lines had. */
  long bytes() {
    return bytes;
  }

  /** Returns whether a range came after the coding that the content is transferred in. */
  boolean isRangeBehindEncoding() {
    return rangeLine > encodingLine;
  }

  /** Reads digits at the start of a text; -1 when there are none or too many. */
  static long unsigned(String text) {
    long number = -1;
    for (int i = 0; i < text.length() && Character.digit(text.charAt(i), 10) >= 0; i++) {
      number = Math.max(0, number) * 10 + Character.digit(text.charAt(i), 10);
      if (number > Long.MAX_VALUE / 16) {
        return -1;
      }
    }
    return number;
  }

  /** Returns the boundary of a multipart message, or an empty text. */
  String boundary() {
    String type = get(HttpHeader.CONTENT_TYPE);
    return type.regionMatches(true, 0, "multipart/", 0, 10) ? parameter(type, "boundary") : "";
  }

  /** Returns the name that the message gives its content, or an empty text. */
  String filename() {
    String disposition = get(HttpHeader.CONTENT_DISPOSITION);
    String name = parameter(disposition, "filename");
    if (name.isEmpty()) {
      name = parameter(disposition, "filename*");
    }
    return name.isEmpty() ? parameter(get(HttpHeader.CONTENT_TYPE), "name") : name;
  }

  /** Returns a parameter behind a semicolon, without quotes and without a character set. */
  static String parameter(String value, String name) {
    int at = value.indexOf(';');
    while (at >= 0) {
      int start = at + 1;
      while (start < value.length() && isBlank(value.charAt(start))) {
        start++;
      }
      int equals = value.indexOf('=', start);
      if (equals < 0) {
        return "";
      }
      int from = equals + 1;
      while (from < value.length() && isBlank(value.charAt(from))) {
        from++;
      }
      boolean quoted = from < value.length() && value.charAt(from) == '"';
      int end = quoted ? value.indexOf('"', from + 1) : value.indexOf(';', from);
      end = end < 0 ? value.length() : end;
      String text = quoted ? value.substring(from + 1, end) : value.substring(from, end).strip();
      if (value.substring(start, equals).strip().equalsIgnoreCase(name)) {
        return name.endsWith("*") ? withoutCharset(text) : text;
      }
      at = value.indexOf(';', end);
    }
    return "";
  }

  /** RFC 8187 section 3.2: charset, language, value in percent escapes. */
  private static String withoutCharset(String text) {
    int first = text.indexOf('\'');
    int second = first < 0 ? -1 : text.indexOf('\'', first + 1);
    return second < 0 ? text : UriText.unescape(text.substring(second + 1), weird -> {});
  }
}
