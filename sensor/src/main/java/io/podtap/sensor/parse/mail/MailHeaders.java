/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mail;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import java.util.Locale;
import java.util.function.BiConsumer;

/** Puts the lines of one entity's head together; keeps what says how its content is to be read. */
final class MailHeaders {

  private static final int VALUE_MAX = 16 << 10;

  private final HeldHeap held;
  private String name = "";
  private final StringBuilder value = new StringBuilder();
  private String type = "";
  private String disposition = "";
  private String encoding = "";

  MailHeaders(HeapAccount account) {
    held = new HeldHeap(account);
  }

  /** Gives back what is held; no more lines come. */
  void close() {
    held.clear();
  }

  private void account() {
    held.set(
        value.capacity()
            + HeapSize.text(name)
            + HeapSize.text(type)
            + HeapSize.text(disposition)
            + HeapSize.text(encoding));
  }

  /** Forgets the last entity. */
  void clear() {
    name = "";
    value.setLength(0);
    type = "";
    disposition = "";
    encoding = "";
  }

  /** Takes a line; fields that are complete go to {@code fields}. */
  void line(Payload line, BiConsumer<String, String> fields) {
    int first = line.u8(0);
    if (first == ' ' || first == '\t') {
      if (value.length() + line.length() <= VALUE_MAX) {
        value.append(line.text(0, line.length()));
        account();
      }
      return;
    }
    flush(fields);
    int colon = line.indexOf(':', 0);
    if (colon > 0) {
      name = line.text(0, colon).strip();
      value.append(line.text(colon + 1, Math.min(line.length() - colon - 1, VALUE_MAX)));
    }
    account();
  }

  /** Hands over the last field. */
  void flush(BiConsumer<String, String> fields) {
    if (!name.isEmpty()) {
      String text = value.toString().strip();
      switch (name.toLowerCase(Locale.ROOT)) {
        case "content-type" -> type = text;
        case "content-disposition" -> disposition = text;
        case "content-transfer-encoding" -> encoding = text.toLowerCase(Locale.ROOT);
        default -> {}
      }
      fields.accept(name, text);
    }
    name = "";
    value.setLength(0);
  }

  String encoding() {
    return encoding;
  }

  /** Returns whether the content stands in the mail as it is. */
  boolean isPlain() {
    return !encoding.equals("base64") && !encoding.equals("quoted-printable");
  }

  boolean isMessage() {
    return type.regionMatches(true, 0, "message/rfc822", 0, 14);
  }

  /** Returns the boundary of a multipart entity, or an empty text. */
  String boundary() {
    return type.regionMatches(true, 0, "multipart/", 0, 10) ? parameter(type, "boundary") : "";
  }

  /** Returns the name that the mail gives a file, or an empty text. */
  String filename() {
    String given = parameter(disposition, "filename");
    return given.isEmpty() ? parameter(type, "name") : given;
  }

  /** RFC 2045 section 5.1: a semicolon, a name, a value perhaps in quotes. */
  private static String parameter(String field, String wanted) {
    int at = field.indexOf(';');
    while (at >= 0) {
      int equals = field.indexOf('=', at);
      if (equals < 0) {
        return "";
      }
      int from = equals + 1;
      while (from < field.length() && Character.isWhitespace(field.charAt(from))) {
        from++;
      }
      boolean quoted = from < field.length() && field.charAt(from) == '"';
      int end = quoted ? field.indexOf('"', from + 1) : field.indexOf(';', from);
      end = end < 0 ? field.length() : end;
      if (field.substring(at + 1, equals).strip().equalsIgnoreCase(wanted)) {
        return field.substring(quoted ? from + 1 : from, end).strip();
      }
      at = field.indexOf(';', end);
    }
    return "";
  }
}
