/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import io.podtap.core.config.SettingsException;
import io.podtap.core.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipException;

/**
 * Reads the records of log files, JSON or tab-separated, line by line and in the memory of one
 * line. Lines that are not a record, or that the receiver rejects with an {@link
 * IllegalArgumentException} or {@link ArithmeticException}, are counted and left out.
 */
final class LogReader {

  /** Longer lines are invalid. */
  static final int LINE_BYTES_MAX = 1 << 20;

  private static final String FIELDS = "#fields\t";
  private static final String UNSET = "-";

  private final Consumer<Map<String, String>> receiver;
  private final byte[] line = new byte[LINE_BYTES_MAX];
  private List<String> columns = List.of();
  private long invalid;
  private String firstInvalid = "";
  private String place = "";
  private long lineNumber;
  private final List<Path> cutFiles = new ArrayList<>();

  /**
   * @param receiver takes the fields that are set, by name, of each record
   */
  LogReader(Consumer<Map<String, String>> receiver) {
    this.receiver = receiver;
  }

  /** Returns how many lines were invalid. */
  long invalid() {
    return invalid;
  }

  /** Returns where the first invalid line is, and what is wrong with it; empty for none. */
  String firstInvalid() {
    return firstInvalid;
  }

  /** Returns compressed files that end in the middle. */
  List<Path> cutFiles() {
    return cutFiles;
  }

  /**
   * Reads one file; of a compressed one that ends in the middle, what is there.
   *
   * @throws SettingsException naming the file when it cannot be read
   */
  void read(Path file) {
    columns = List.of();
    place = file.toString();
    lineNumber = 0;
    try (InputStream in = LogFiles.open(file)) {
      while (readLine(in)) {
        // the next one
      }
    } catch (EOFException | ZipException e) {
      cutFiles.add(file);
    } catch (IOException e) {
      throw new SettingsException("log '" + file + "' cannot be read: " + e.getMessage(), e);
    }
  }

  /** Reads and takes one line; returns false at the end of the file. */
  private boolean readLine(InputStream in) throws IOException {
    int length = 0;
    boolean isTooLong = false;
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (length > 0) {
          take(length, isTooLong);
        }
        return false;
      }
      if (length == LINE_BYTES_MAX) {
        isTooLong = true;
      } else {
        line[length++] = (byte) c;
      }
    }
    take(length, isTooLong);
    return true;
  }

  private void take(int length, boolean isTooLong) {
    lineNumber++;
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    if (end == 0) {
      return;
    }
    try {
      if (isTooLong) {
        throw new IllegalArgumentException("too long");
      }
      if (line[0] == '{') {
        receiver.accept(json(end));
      } else {
        takeTabbed(new String(line, 0, end, StandardCharsets.UTF_8));
      }
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      if (invalid++ == 0) {
        firstInvalid = place + " line " + lineNumber + ": " + e.getMessage();
      }
    }
  }

  private Map<String, String> json(int length) throws IOException {
    Map<String, String> values = new HashMap<>();
    JsonReader json = new JsonReader(new ByteArrayInputStream(line, 0, length));
    if (json.enterObject()) {
      while (json.more()) {
        String name = json.name();
        values.put(name, name.equals(Selectors.LABELS) ? labels(json) : json.scalar());
      }
    }
    return values;
  }

  /** Labels are a list of {@code KEY=VALUE}. */
  private static String labels(JsonReader json) throws IOException {
    List<String> labels = new ArrayList<>();
    if (json.enterArray()) {
      while (json.more()) {
        labels.add(json.text());
      }
    }
    return String.join(",", labels);
  }

  private void takeTabbed(String text) {
    if (text.startsWith(FIELDS)) {
      columns = words(text.substring(FIELDS.length()));
    }
    if (text.startsWith("#")) {
      return;
    }
    List<String> words = words(text);
    if (words.size() != columns.size()) {
      throw new IllegalArgumentException("another number of fields than the log has");
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      if (!words.get(i).equals(UNSET)) {
        values.put(columns.get(i), words.get(i));
      }
    }
    receiver.accept(values);
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int from = 0;
    for (int to = text.indexOf('\t'); to >= 0; to = text.indexOf('\t', from)) {
      words.add(text.substring(from, to));
      from = to + 1;
    }
    words.add(text.substring(from));
    return words;
  }
}
