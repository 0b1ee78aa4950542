/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.intel;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.notice.Networks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Indicators from files in Zeek's format: a line {@code #fields}, then one indicator in a line,
 * separated by tabs. Files are read again when they have changed; one that is invalid then leaves
 * the indicators as they are.
 */
final class Indicators {

  private static final long FILE_BYTES_MAX = 64 << 20;
  private static final long LOOK_NS = 5_000_000_000L;

  /** One indicator's sources, and of networks the networks. */
  private record Subnet(String text, Networks network, String source) {}

  private final List<Path> files;
  private Map<String, Set<String>> sources = Map.of();
  private List<Subnet> subnets = List.of();
  private final Map<Path, Long> modified = new HashMap<>();
  private long nextLookNs = Long.MIN_VALUE;
  private volatile @Nullable String problem;

  /**
   * @throws SettingsException when a file cannot be read or is invalid
   */
  Indicators(List<Path> files) {
    this.files = List.copyOf(files);
    read();
  }

  private void read() {
    Map<String, Set<String>> found = new HashMap<>();
    List<Subnet> networks = new ArrayList<>();
    for (Path file : files) {
      try {
        modified.put(file, Files.getLastModifiedTime(file).toMillis());
        if (Files.size(file) > FILE_BYTES_MAX) {
          throw new SettingsException("indicators " + file + " exceed 64 MiB");
        }
        read(file, found, networks);
      } catch (IOException e) {
        throw new SettingsException("indicators " + file + " cannot be read: " + e, e);
      }
    }
    sources = found;
    subnets = networks;
  }

  private static void read(Path file, Map<String, Set<String>> found, List<Subnet> networks)
      throws IOException {
    List<String> fields = List.of();
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      number++;
      if (line.startsWith("#fields")) {
        fields = cells(line).subList(1, cells(line).size());
        continue;
      }
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      List<String> row = cells(line);
      int indicatorAt = fields.indexOf("indicator");
      int typeAt = fields.indexOf("indicator_type");
      int sourceAt = fields.indexOf("meta.source");
      if (indicatorAt < 0 || typeAt < 0 || sourceAt < 0 || row.size() < fields.size()) {
        throw new SettingsException(
            file + ":" + number + ": indicator, indicator_type and meta.source expected");
      }
      String type = row.get(typeAt);
      String indicator = row.get(indicatorAt);
      if (type.equals("Intel::SUBNET")) {
        networks.add(new Subnet(indicator, new Networks(List.of(indicator)), row.get(sourceAt)));
      } else {
        found.computeIfAbsent(key(type, indicator), name -> new TreeSet<>()).add(row.get(sourceAt));
      }
    }
  }

  private static List<String> cells(String line) {
    List<String> all = new ArrayList<>();
    int from = 0;
    for (int tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t', from)) {
      all.add(line.substring(from, tab));
      from = tab + 1;
    }
    all.add(line.substring(from));
    return all;
  }

  private static String key(String type, String indicator) {
    return type + ' ' + indicator.toLowerCase(Locale.ROOT);
  }

  /** Reads files again that have changed. */
  void advance(long nowNs) {
    if (nowNs < nextLookNs) {
      return;
    }
    nextLookNs = nowNs + LOOK_NS;
    try {
      for (Path file : files) {
        Long before = modified.get(file);
        if (before == null || Files.getLastModifiedTime(file).toMillis() != before) {
          read();
          problem = null;
          return;
        }
      }
    } catch (IOException | SettingsException e) {
      problem = e.getMessage();
    }
  }

  /** Returns whether there can be any. */
  boolean isAnyFileRead() {
    return !files.isEmpty();
  }

  /** Returns whether there is none. */
  boolean isEmpty() {
    return sources.isEmpty() && subnets.isEmpty();
  }

  /** Returns why a file could not be read again, or null. */
  @Nullable String problem() {
    return problem;
  }

  /**
   * Looks for an indicator.
   *
   * @param matched gets the types that match
   * @return the sources that name it; empty for none
   */
  Set<String> find(String type, String indicator, Set<String> matched) {
    Set<String> all = new TreeSet<>();
    Set<String> exact = sources.get(key(type, indicator));
    if (exact != null) {
      all.addAll(exact);
      matched.add(type);
    }
    if (type.equals("Intel::ADDR")) {
      for (Subnet subnet : subnets) {
        if (subnet.network().contains(indicator)) {
          all.add(subnet.source());
          matched.add("Intel::SUBNET");
        }
      }
    }
    return all;
  }
}
