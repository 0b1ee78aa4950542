/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code podtap edges}: which workloads talk to each other, and the network policies that allow
 * just that.
 */
@Command(
    name = "edges",
    description = {
      "Print which workloads talk to each other, from conn.log and identity.log of sensors.",
      "Exit code 0: everything is in the output. 1: not everything fit into --edge-bytes, or a"
          + " compressed log ends in the middle. 2: a log cannot be read, or a policy cannot be"
          + " written."
    })
public final class EdgesCommand implements Program {

  private static final int NODES_MAX = 50_000;

  /** What Mermaid draws at most, unless its configuration says otherwise. */
  private static final int MERMAID_EDGES = 500;

  @Option(
      names = "--logs",
      required = true,
      paramLabel = "DIR",
      description = "Folder of a sensor's logs, JSON or TSV, compressed or not. May be repeated.")
  private List<Path> folders = List.of();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Print only edges with a client or a server in this namespace.")
  private String namespace = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table, json, dot or mermaid (default: ${DEFAULT-VALUE}).")
  private EdgeText.Format output = EdgeText.Format.table;

  @Option(
      names = "--network-policy",
      paramLabel = "NAMESPACE/KIND/NAME",
      description = "Write the NetworkPolicies that allow a workload exactly what the logs show.")
  private @Nullable String workload;

  @Option(
      names = "--selector",
      paramLabel = "[NAMESPACE/KIND/NAME:]KEY=VALUE[,...]",
      split = ";",
      description =
          "Labels of a workload's or a service's pods; without a name, of the workload in"
              + " --network-policy. May be repeated (default: the labels in identity.log).")
  private List<String> labels = List.of();

  @Option(
      names = "--target-port",
      paramLabel = "NAMESPACE/Service/NAME:PORT=PORT",
      split = ";",
      description = "A port of a service and that of its pods. May be repeated.")
  private List<String> ports = List.of();

  @Option(
      names = "--answered-only",
      description = "Do not allow ports on which no connection succeeded.")
  private boolean answeredOnly;

  @Option(
      names = "--unknown-by-address",
      description = "Allow addresses that the logs do not name as addresses.")
  private boolean unknownByAddress;

  @Option(
      names = "--edge-bytes",
      paramLabel = "BYTES",
      description = "Memory for edges, and as much for labels (default: ${DEFAULT-VALUE}).")
  private long bytesMax = 64L << 20;

  @Spec private @Nullable CommandSpec command;

  private final Map<String, String> nodes = new HashMap<>();

  @Override
  public Integer call() {
    if (bytesMax < 1) {
      throw new SettingsException("invalid --edge-bytes " + bytesMax + ": expected at least 1");
    }
    End subject = workload == null ? End.UNKNOWN : End.parse(workload);
    Selectors selectors = new Selectors(bytesMax);
    choose(subject, selectors);
    EdgeTable edges = new EdgeTable(bytesMax);
    LogReader identities = new LogReader(record -> learn(record, selectors));
    Set<Path> distinct = distinct(folders);
    distinct.forEach(folder -> LogFiles.find(folder, "identity").forEach(identities::read));
    ConnectionReader connections = new ConnectionReader(nodes);
    LogReader flows = new LogReader(record -> edges.add(connections.read(record)));
    for (Path folder : distinct) {
      List<Path> files = LogFiles.find(folder, "conn");
      if (files.isEmpty()) {
        throw new SettingsException("no conn.log in folder '" + folder + "'");
      }
      // The current file first: it may be put away while the others are read.
      files.reversed().forEach(flows::read);
    }
    long invalid = invalid(identities) + invalid(flows);
    List<String> gaps = gaps(edges, selectors, identities, flows);
    if (workload == null) {
      List<Edge> sorted = edges.sorted(namespace);
      write(EdgeText.write(output, sorted, edges.beyondLimit(), invalid));
      gaps.forEach(this::warn);
      remark(edges, sorted);
      return gaps.isEmpty() ? 0 : 1;
    }
    if (!gaps.isEmpty()) {
      throw new SettingsException(String.join("; ", gaps));
    }
    PolicyPlan.Choices choices = new PolicyPlan.Choices(answeredOnly, unknownByAddress);
    write(PolicyYaml.write(PolicyPlan.of(edges, subject, selectors, choices)));
    return 0;
  }

  /** Returns each folder once, whatever it is called. */
  private static Set<Path> distinct(List<Path> folders) {
    Map<Path, Path> distinct = new LinkedHashMap<>();
    for (Path folder : folders) {
      Path real;
      try {
        real = folder.toRealPath();
      } catch (IOException e) {
        real = folder; // whoever reads it says what is wrong
      }
      distinct.putIfAbsent(real, folder);
    }
    return new LinkedHashSet<>(distinct.values());
  }

  private long invalid(LogReader reader) {
    if (reader.invalid() > 0) {
      warn(
          (reader.invalid() == 1
                  ? "1 invalid record is left out: "
                  : reader.invalid() + " invalid records are left out, the first is ")
              + EdgeTable.line(reader.firstInvalid()));
    }
    return reader.invalid();
  }

  /** Returns why the output is not whole, line by line. */
  private static List<String> gaps(
      EdgeTable edges, Selectors selectors, LogReader identities, LogReader flows) {
    List<String> gaps = new ArrayList<>();
    for (LogReader reader : List.of(identities, flows)) {
      reader
          .cutFiles()
          .forEach(file -> gaps.add("log '" + file + "' ends in the middle: its rest is missing"));
    }
    if (edges.beyondLimit() > 0 || selectors.beyondLimit() > 0) {
      gaps.add(beyond(edges, selectors));
    }
    return gaps;
  }

  /** Says why there is less to see than a user may expect. */
  private void remark(EdgeTable edges, List<Edge> printed) {
    if (edges.all().isEmpty()) {
      warn("no connections in the logs");
    } else if (printed.isEmpty()) {
      warn("no connections of namespace '" + namespace + "' in the logs");
    } else if (edges.all().stream().noneMatch(edge -> edge.key().isNamed())) {
      warn("no record names a workload: the sensor needs --identity api or reports");
    }
    if (output == EdgeText.Format.mermaid && printed.size() > MERMAID_EDGES) {
      warn(
          printed.size()
              + " edges: Mermaid draws "
              + MERMAID_EDGES
              + " unless maxEdges is raised; -n selects a namespace");
    }
  }

  private void choose(End subject, Selectors selectors) {
    for (String option : labels) {
      if (workload == null && option.indexOf(':') < 0) {
        throw new SettingsException("--selector without a name requires --network-policy");
      }
      selectors.choose(option, subject);
    }
    ports.forEach(selectors::choosePort);
  }

  private void learn(Map<String, String> record, Selectors selectors) {
    selectors.learn(record);
    String address = record.getOrDefault("address", "");
    if ("node".equals(record.get("kind")) && !address.isEmpty()) {
      String node = record.getOrDefault("node", "");
      End.of("", "", "", node);
      if (nodes.size() == NODES_MAX) {
        throw new IllegalArgumentException("too many nodes");
      }
      nodes.put(ConnectionReader.address(address), node);
    }
  }

  private void warn(String message) {
    PrintWriter err = Objects.requireNonNull(command).commandLine().getErr();
    err.println("podtap: " + message);
    err.flush();
  }

  private static String beyond(EdgeTable edges, Selectors selectors) {
    return edges.beyondLimit()
        + " connections and "
        + selectors.beyondLimit()
        + " records of labels do not fit into --edge-bytes";
  }

  private void write(String text) {
    PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
    out.print(text);
    out.flush();
  }
}
