package io.podtap.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Follows a Zeek TSV log and prints new connection records as rows of an aligned table. */
final class RecordTable {

  private static final String ROW = "  %-8s %-5s %-27s %-21s %-5s %11s %13s %8s%n";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final Path log;
  private final PrintWriter out;
  private long position;
  private String rest = "";
  private List<String> fields = List.of();
  private int records;

  RecordTable(Path log, PrintWriter out) {
    this.log = log;
    this.out = out;
  }

  void printHead() {
    out.printf(
        ROW, "time", "proto", "originator", "responder", "state", "sent", "received", "packets");
  }

  /** Prints what was written to the log since the last call. */
  void printNew() throws IOException {
    for (Map<String, String> record : readNew()) {
      records++;
      out.printf(
          ROW,
          time(record.getOrDefault("ts", "0")),
          record.get("proto"),
          endpoint(record, "id.orig_h", "id.orig_p"),
          endpoint(record, "id.resp_h", "id.resp_p"),
          record.get("conn_state"),
          bytes(record.getOrDefault("orig_bytes", "-")),
          bytes(record.getOrDefault("resp_bytes", "-")),
          packets(record));
    }
    out.flush();
  }

  /** Returns records printed so far. */
  int records() {
    return records;
  }

  /** Reads the records of a finished log. */
  static List<Map<String, String>> readAll(Path log) throws IOException {
    return new RecordTable(log, new PrintWriter(java.io.Writer.nullWriter())).readNew();
  }

  private List<Map<String, String>> readNew() throws IOException {
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

  private static String time(String seconds) {
    return TIME.format(Instant.ofEpochSecond((long) Double.parseDouble(seconds)));
  }

  private static String endpoint(Map<String, String> record, String host, String port) {
    String address = record.getOrDefault(host, "?");
    return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + record.get(port);
  }

  private static String bytes(String count) {
    return count.equals("-") ? "-" : String.format(Locale.ROOT, "%,d", Long.parseLong(count));
  }

  private static String packets(Map<String, String> record) {
    long sum =
        Long.parseLong(record.getOrDefault("orig_pkts", "0"))
            + Long.parseLong(record.getOrDefault("resp_pkts", "0"));
    return String.format(Locale.ROOT, "%,d", sum);
  }
}
