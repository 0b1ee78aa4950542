/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What kind of file begins with these bytes, by the names that Zeek gives. Of all signatures that
 * fit the strongest counts, as in Zeek. Stateless once made.
 *
 * @see "the formats' own specifications; names: Zeek, scripts/base/frameworks/files/magic"
 */
final class MimeTypes {

  /** Bytes of a file that are looked at. */
  static final int LOOK_BYTES = 4_096;

  private static final int ZIP_NAME_OFFSET = 30;

  /** A name and a type that it may stand for, in what is called OpenDocument. */
  private static final String OPEN_DOCUMENT = "\b\0\0\0mimetypeapplication/";

  private static final int OPEN_DOCUMENT_AT = 26;
  private static final int TYPE_LENGTH_MAX = 60;

  /** All that is told by the byte at one place of a file. */
  private static final class Place {

    final int offset;

    /** For each value of that byte, what may begin with it, or null. */
    private final Magic[] @Nullable [] byValue = new Magic[256][];

    Place(int offset) {
      this.offset = offset;
    }

    void add(Magic magic) {
      for (int value = 0; value < byValue.length; value++) {
        if (magic.mayHave(value)) {
          Magic[] before = byValue[value];
          int count = before == null ? 0 : before.length;
          Magic[] after = before == null ? new Magic[1] : Arrays.copyOf(before, count + 1);
          after[count] = magic;
          byValue[value] = after;
        }
      }
    }

    /** Returns the strongest that fits and is stronger than another one. */
    @Nullable Magic best(Payload data, @Nullable Magic other) {
      int value = data.u8(offset);
      Magic[] candidates = value < 0 ? null : byValue[value];
      if (candidates == null) {
        return other;
      }
      Magic best = other;
      for (Magic candidate : candidates) {
        if ((best == null || candidate.strength() > best.strength()) && candidate.matches(data)) {
          best = candidate;
        }
      }
      return best;
    }
  }

  /** In ascending order. */
  private static final List<Place> PLACES = places();

  private MimeTypes() {}

  private static List<Place> places() {
    List<Place> places = new ArrayList<>();
    String file = "magic.txt";
    try (InputStream in = Objects.requireNonNull(MimeTypes.class.getResourceAsStream(file), file);
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("# ")) {
          Magic magic = Magic.read(line);
          place(places, magic.place()).add(magic);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    places.sort(Comparator.comparingInt(place -> place.offset));
    return List.copyOf(places);
  }

  private static Place place(List<Place> places, int offset) {
    for (Place place : places) {
      if (place.offset == offset) {
        return place;
      }
    }
    Place place = new Place(offset);
    places.add(place);
    return place;
  }

  /**
   * Returns the type, or an empty text when nothing is known.
   *
   * @param data the file's first {@value #LOOK_BYTES} bytes, or all it has
   */
  static String of(Payload data) {
    if (data.isEmpty()) {
      return "";
    }
    Magic best = null;
    for (int i = 0; i < PLACES.size(); i++) {
      best = PLACES.get(i).best(data, best);
    }
    if (data.has(0, "PK\u0003\u0004")) {
      return zip(data);
    }
    if (isTar(data) && (best == null || best.strength() < 100)) {
      return "application/x-tar";
    }
    if (data.has(0, "\u001aE\u00df\u00a3")) {
      return data.contains("matroska", LOOK_BYTES)
          ? "video/x-matroska"
          : data.contains("webm", LOOK_BYTES) ? "video/webm" : "";
    }
    String text = TextTypes.of(data);
    if (best == null) {
      return text;
    }
    boolean isText = !text.isEmpty() && TextTypes.strength(text) > best.strength();
    return isText ? text : best.type();
  }

  /** A name of 100 bytes, and numbers in octal digits behind it (POSIX.1, ustar). */
  private static boolean isTar(Payload data) {
    if (data.length() < 157) {
      return false;
    }
    for (int i = 0; i < 100; i++) {
      int c = data.u8(i);
      if (c != 0 && (c < ' ' || c > '~')) {
        return false;
      }
    }
    return isField(data, 100, 8)
        && isField(data, 108, 8)
        && isField(data, 116, 8)
        && isField(data, 124, 12)
        && isField(data, 136, 12)
        && isSum(data)
        && (data.u8(156) == 0 || (data.u8(156) >= '0' && data.u8(156) <= '7'));
  }

  private static boolean isField(Payload data, int at, int length) {
    for (int i = at; i < at + length - 1; i++) {
      int c = data.u8(i);
      if (c != ' ' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return data.u8(at + length - 1) == 0;
  }

  private static boolean isSum(Payload data) {
    for (int i = 148; i < 155; i++) {
      int c = data.u8(i);
      if (c != ' ' && c != 0 && (c < '0' || c > '9')) {
        return false;
      }
    }
    return data.u8(155) == ' ' || data.u8(155) == 0;
  }

  /** A ZIP archive is many things, by the names of its first files. */
  private static String zip(Payload data) {
    String office = "application/vnd.openxmlformats-officedocument";
    if (data.contains("META-INF/MANIFEST.MF", 300)) {
      return "application/java-archive";
    }
    if (data.has(OPEN_DOCUMENT_AT, OPEN_DOCUMENT)) {
      return openDocument(data, OPEN_DOCUMENT_AT + OPEN_DOCUMENT.length());
    }
    if (data.u8(4) == 0x14 && data.has(ZIP_NAME_OFFSET, "doc.kml")) {
      return "application/vnd.google-earth.kmz";
    }
    boolean packaged =
        data.has(ZIP_NAME_OFFSET, "[Content_Types].xml")
            || data.has(ZIP_NAME_OFFSET, "_rels/.rels")
            || data.has(ZIP_NAME_OFFSET, "word/")
            || data.has(ZIP_NAME_OFFSET, "xl/")
            || data.has(ZIP_NAME_OFFSET, "ppt/");
    if (packaged && data.contains("word/", LOOK_BYTES)) {
      return office + ".wordprocessingml.document";
    }
    if (packaged && data.contains("xl/", LOOK_BYTES)) {
      return office + ".spreadsheetml.sheet";
    }
    if (packaged && data.contains("ppt/", LOOK_BYTES)) {
      return office + ".presentationml.presentation";
    }
    return data.has(4, "\u0014\0\u0006\0") ? office : data.length() > 5 ? "application/zip" : "";
  }

  /** Its first file is its type, behind {@code application/}, not packed. */
  private static String openDocument(Payload data, int at) {
    int end = at;
    while (end < at + TYPE_LENGTH_MAX && isTypeLetter(data.u8(end))) {
      end++;
    }
    String type = data.text(at, end - at);
    boolean isKnown = type.equals("epub+zip") || type.startsWith("vnd.oasis.opendocument.");
    return isKnown ? "application/" + type : "application/zip";
  }

  private static boolean isTypeLetter(int c) {
    return (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '+';
  }
}
