/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dcerpc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What interfaces and their operations are called, from {@code interfaces.txt}: a line without
 * indentation has an identifier and a name, the indented lines below it name the operations in the
 * order of their numbers; {@code -} stands for one without a name, {@code @N} goes on with number
 * N.
 */
final class Interfaces {

  private static final String FILE = "interfaces.txt";

  private static final Map<String, Interface> BY_UUID = read();

  /**
   * One interface.
   *
   * @param name as it stands in the log
   * @param operations by number; empty texts for those without a name
   */
  record Interface(String uuid, String name, List<String> operations) {

    /** Returns what the operation of this number is called. */
    String operation(int number) {
      String known = number < operations.size() ? operations.get(number) : "";
      return known.isEmpty() ? "unknown-" + number : known;
    }
  }

  private Interfaces() {}

  /** Returns the interface with this identifier; one that is not known is named by it. */
  static Interface of(String uuid) {
    Interface known = BY_UUID.get(uuid);
    return known != null ? known : new Interface(uuid, "unknown-" + uuid, List.of());
  }

  /** Returns the interface that usually stands behind a pipe, or null. */
  static @Nullable Interface ofPipe(String pipe) {
    String name = pipe.substring(pipe.lastIndexOf('\\') + 1);
    String uuid = null;
    if (name.equalsIgnoreCase("winreg")) {
      uuid = "338cd001-2244-31f1-aaaa-900038001003";
    } else if (name.equalsIgnoreCase("spoolss")) {
      uuid = "12345678-1234-abcd-ef00-0123456789ab";
    } else if (name.equalsIgnoreCase("srvsvc")) {
      uuid = "4b324fc8-1670-01d3-1278-5a47bf6ee188";
    }
    return uuid == null ? null : of(uuid);
  }

  /** Returns the interfaces that have names. */
  static Map<String, Interface> all() {
    return BY_UUID;
  }

  private static Map<String, Interface> read() {
    Map<String, Interface> found = new HashMap<>();
    try (InputStream file = Interfaces.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException("missing resource " + FILE);
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII));
      List<String> operations = List.of();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(" ")) {
          addAll(operations, line);
        } else if (!line.isEmpty() && !line.startsWith("#")) {
          int blank = line.indexOf(' ');
          operations = new ArrayList<>();
          String uuid = line.substring(0, blank);
          found.put(uuid, new Interface(uuid, line.substring(blank + 1), operations));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(found);
  }

  private static void addAll(List<String> operations, String line) {
    int at = 0;
    while (at < line.length()) {
      int end = line.indexOf(' ', at);
      String name = line.substring(at, end < 0 ? line.length() : end);
      if (name.startsWith("@")) {
        int number = Integer.parseInt(name.substring(1));
        while (operations.size() < number) {
          operations.add("");
        }
      } else if (!name.isEmpty()) {
        operations.add(name.equals("-") ? "" : name);
      }
      at = end < 0 ? line.length() : end + 1;
    }
  }
}
