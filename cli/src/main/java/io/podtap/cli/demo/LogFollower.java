/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Follows a log in Zeek's TSV format while it grows; a log that does not exist yet is empty. */
final class LogFollower {

  private final Path log;
  private long position;
  private String rest = "";
  private List<String> fields = List.of();

  LogFollower(Path log) {
    this.log = log;
  }

  /** Returns the records, field by name, that were written since the last call. */
  List<Map<String, String>> readNew() throws IOException {
    if (!Files.exists(log)) {
      return List.of();
    }
    String text;
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[(int) Math.max(0, file.length() - position)];
      file.seek(position);
      file.readFully(bytes);
      position += bytes.length;
      text = rest + new String(bytes, StandardCharsets.UTF_8);
    }
    List<Map<String, String>> found = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      addLine(text.substring(start, end), found);
      start = end + 1;
    }
    rest = text.substring(start);
    return found;
  }

  private void addLine(String line, List<Map<String, String>> found) {
    if (line.startsWith("#fields\t")) {
      fields = List.of(line.substring("#fields\t".length()).split("\t", -1));
    } else if (!line.startsWith("#")) {
      String[] values = line.split("\t", -1);
      Map<String, String> record = new HashMap<>();
      for (int i = 0; i < Math.min(values.length, fields.size()); i++) {
        record.put(fields.get(i), values[i]);
      }
      found.add(record);
    }
  }
}
