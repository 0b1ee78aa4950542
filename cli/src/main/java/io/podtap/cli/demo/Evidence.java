/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What a sensor writes, as it arrives: connection records as rows of an aligned table, and between
 * them a line for each name, page and TLS handshake.
 */
final class Evidence {

  private static final String ROW = "  %-8s %-5s %-8s %-27s %-21s %-5s %11s %13s %8s%n";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  /** One log whose records become lines. */
  private record Said(
      String name, LogFollower log, Function<Map<String, String>, String> sentence) {}

  private final LogFollower connections;
  private final List<Said> said = new ArrayList<>();
  private final PrintWriter out;
  private int records;

  /**
   * @param logs the folder of the sensor's logs, in TSV
   */
  Evidence(Path logs, PrintWriter out) {
    this.out = out;
    connections = new LogFollower(logs.resolve("conn.log"));
    say(logs, "dns", Evidence::dns);
    say(logs, "http", Evidence::http);
    say(logs, "ssl", Evidence::tls);
  }

  private void say(Path logs, String name, Function<Map<String, String>, String> sentence) {
    said.add(new Said(name, new LogFollower(logs.resolve(name + ".log")), sentence));
  }

  void printHead() {
    out.printf(
        ROW,
        "time",
        "proto",
        "service",
        "originator",
        "responder",
        "state",
        "sent",
        "received",
        "packets");
  }

  /** Prints what was written since the last call. */
  void printNew() throws IOException {
    for (Said one : said) {
      for (Map<String, String> record : one.log.readNew()) {
        out.printf("  %-8s   %-6s %s%n", time(record), one.name, one.sentence.apply(record));
      }
    }
    for (Map<String, String> record : connections.readNew()) {
      records++;
      out.printf(
          ROW,
          time(record),
          field(record, "proto"),
          field(record, "service"),
          endpoint(record, "id.orig_h", "id.orig_p"),
          endpoint(record, "id.resp_h", "id.resp_p"),
          field(record, "conn_state"),
          bytes(record, "orig_bytes"),
          bytes(record, "resp_bytes"),
          packets(record));
    }
    out.flush();
  }

  /** Returns connection records printed so far. */
  int records() {
    return records;
  }

  private static String dns(Map<String, String> record) {
    return "%s %s = %s"
        .formatted(field(record, "qtype_name"), field(record, "query"), field(record, "answers"));
  }

  private static String http(Map<String, String> record) {
    return "%s %s%s = %s, %s bytes %s"
        .formatted(
            field(record, "method"),
            field(record, "host"),
            field(record, "uri"),
            field(record, "status_code"),
            bytes(record, "response_body_len"),
            field(record, "resp_mime_types"));
  }

  private static String tls(Map<String, String> record) {
    return "%s to %s, %s"
        .formatted(field(record, "version"), field(record, "server_name"), field(record, "cipher"));
  }

  private static String field(Map<String, String> record, String name) {
    return record.getOrDefault(name, "-");
  }

  private static String time(Map<String, String> record) {
    String seconds = record.getOrDefault("ts", "0");
    return TIME.format(Instant.ofEpochSecond((long) Double.parseDouble(seconds)));
  }

  private static String endpoint(Map<String, String> record, String host, String port) {
    String address = field(record, host);
    return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + field(record, port);
  }

  private static String bytes(Map<String, String> record, String name) {
    String count = field(record, name);
    return count.equals("-") ? "-" : String.format(Locale.ROOT, "%,d", Long.parseLong(count));
  }

  private static String packets(Map<String, String> record) {
    long sum =
        Long.parseLong(record.getOrDefault("orig_pkts", "0"))
            + Long.parseLong(record.getOrDefault("resp_pkts", "0"));
    return String.format(Locale.ROOT, "%,d", sum);
  }
}
