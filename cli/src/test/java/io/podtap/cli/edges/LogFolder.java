/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine;

/** A folder of logs in the forms that sensors write, and runs of the command over it. */
final class LogFolder {

  /** The forms of a log file. */
  enum Form {
    JSON,
    TSV,
    JSON_GZ,
    TSV_GZ
  }

  /** What one run wrote. */
  record Run(int exitCode, String out, String err) {}

  private static final List<String> CONN =
      List.of(
          "ts",
          "uid",
          "id.orig_h",
          "id.orig_p",
          "id.resp_h",
          "id.resp_p",
          "proto",
          "service",
          "duration",
          "orig_bytes",
          "resp_bytes",
          "conn_state",
          "k8s.orig.namespace",
          "k8s.orig.workload",
          "k8s.orig.node",
          "k8s.resp.namespace",
          "k8s.resp.workload",
          "k8s.resp.node",
          "k8s.resp.service",
          "resp_name");

  private static final List<String> IDENTITY =
      List.of(
          "ts",
          "action",
          "address",
          "kind",
          "namespace",
          "pod",
          "node",
          "workload_kind",
          "workload",
          "labels");

  private final Path folder;
  private final List<Map<String, String>> connections = new ArrayList<>();
  private final List<Map<String, String>> identities = new ArrayList<>();

  LogFolder(Path folder) {
    this.folder = folder;
  }

  /** Adds a connection; {@code fields} are names and values in turn, over what all have. */
  LogFolder connection(String... fields) {
    Map<String, String> record = new LinkedHashMap<>();
    record.put("ts", "1790000000.250000");
    record.put("uid", "C" + connections.size());
    record.put("id.orig_h", "10.0.0.1");
    record.put("id.orig_p", "40000");
    record.put("id.resp_h", "10.0.0.2");
    record.put("id.resp_p", "80");
    record.put("proto", "tcp");
    record.put("duration", "1.500000");
    record.put("orig_bytes", "100");
    record.put("resp_bytes", "2000");
    record.put("conn_state", "SF");
    connections.add(with(record, fields));
    return this;
  }

  /** Adds a record of identity.log. */
  LogFolder identity(String... fields) {
    Map<String, String> record = new LinkedHashMap<>();
    record.put("ts", "1790000000.000000");
    record.put("action", "begin");
    identities.add(with(record, fields));
    return this;
  }

  private static Map<String, String> with(Map<String, String> record, String... fields) {
    for (int i = 0; i < fields.length; i += 2) {
      record.put(fields[i], fields[i + 1]);
    }
    record.values().removeIf(String::isEmpty);
    return record;
  }

  /** Writes the files. */
  LogFolder write(Form form) throws IOException {
    write(form, "conn", CONN, connections);
    if (!identities.isEmpty()) {
      write(form, "identity", IDENTITY, identities);
    }
    return this;
  }

  private void write(Form form, String log, List<String> columns, List<Map<String, String>> records)
      throws IOException {
    boolean isJson = form == Form.JSON || form == Form.JSON_GZ;
    StringBuilder text = new StringBuilder();
    if (!isJson) {
      text.append("#separator \\x09\n#set_separator\t,\n#fields\t");
      text.append(String.join("\t", columns)).append('\n');
    }
    for (Map<String, String> record : records) {
      if (!columns.containsAll(record.keySet())) {
        throw new IllegalArgumentException("unknown field in " + record);
      }
      text.append(isJson ? json(record) : tabbed(columns, record)).append('\n');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (form == Form.JSON || form == Form.TSV) {
      Files.write(folder.resolve(log + ".log"), bytes);
      return;
    }
    Path file = folder.resolve(log + ".2026-09-21-10-00-00-2026-09-21-11-00-00.log.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(bytes);
    }
  }

  private static String json(Map<String, String> record) {
    List<String> members = new ArrayList<>();
    record.forEach((name, value) -> {
      if (name.equals("labels")) {
        members.add("\"labels\":[\"" + value.replace(",", "\",\"") + "\"]");
      } else if (value.matches("[0-9]+(\\.[0-9]{6})?")) {
        members.add("\"" + name + "\":" + value);
      } else {
        members.add("\"" + name + "\":\"" + value + "\"");
      }
    });
    return "{" + String.join(",", members) + "}";
  }

  private static String tabbed(List<String> columns, Map<String, String> record) {
    List<String> values = new ArrayList<>();
    columns.forEach(column -> values.add(record.getOrDefault(column, "-")));
    return String.join("\t", values);
  }

  /** Runs {@code podtap edges --logs} this folder with more arguments. */
  Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = new CommandLine(new EdgesCommand());
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    line.setExecutionExceptionHandler((failure, command, _) -> {
      if (!(failure instanceof SettingsException)) {
        throw failure;
      }
      command.getErr().println("podtap: " + failure.getMessage());
      return CommandLine.ExitCode.USAGE;
    });
    List<String> all = new ArrayList<>(List.of("--logs", folder.toString()));
    all.addAll(List.of(arguments));
    int code = line.execute(all.toArray(new String[0]));
    return new Run(code, out.toString(), err.toString());
  }
}
