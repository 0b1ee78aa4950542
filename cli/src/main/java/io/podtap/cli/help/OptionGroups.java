/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.help;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options by what they are about. An option that no group names is among the program's own. */
public final class OptionGroups {

  private static final String OWN = "Options";

  /** Groups in the order in which they are shown, behind a program's own options. */
  private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

  static {
    GROUPS.put(
        "Source and destination",
        List.of(
            "sensor",
            "vni",
            "interface",
            "filter",
            "snaplen",
            "encapsulation",
            "sensor-namespace",
            "lanes",
            "send",
            "pad"));
    GROUPS.put(
        "Traffic reduction", List.of("budget-mbps", "flow-cutoff", "headers-only", "direction"));
    GROUPS.put(
        "Encryption",
        List.of(
            "transport",
            "cert",
            "key",
            "ca",
            "sensor-name",
            "tls-secret",
            "listen-tls",
            "crl",
            "bind-namespaces",
            "trust-domain"));
    GROUPS.put("Accepted senders", List.of("known-tap", "known-taps-only", "tap-name"));
    GROUPS.put(
        "Logs",
        List.of(
            "logs",
            "format",
            "protocols",
            "hash-files",
            "rotate-bytes",
            "rotate-seconds",
            "kafka",
            "kafka-topic",
            "kafka-key",
            "kafka-option"));
    GROUPS.put(
        "Files",
        List.of(
            "extract-files",
            "extract-types",
            "extract-file-bytes",
            "extract-bytes",
            "extract-count"));
    GROUPS.put(
        "Owners of addresses",
        List.of(
            "identity",
            "identity-namespaces",
            "identity-endpoints",
            "identity-logs",
            "identities"));
    GROUPS.put(
        "Notices",
        List.of(
            "notices",
            "notice-options",
            "detect",
            "notice-exceptions",
            "notice-webhook",
            "notice-webhook-format",
            "notice-events",
            "notice-topic"));
    GROUPS.put(
        "Tap container",
        List.of(
            "image",
            "image-pull-policy",
            "image-pull-secret",
            "mode",
            "startup-delay",
            "report-labels",
            "cpu",
            "memory",
            "cpu-limit",
            "memory-limit",
            "pod-security",
            "tap-metrics"));
    GROUPS.put("Pod selection", List.of("default", "exclude-namespaces", "configuration"));
    GROUPS.put(
        "Cluster access",
        List.of(
            "kubeconfig",
            "context",
            "cluster",
            "user",
            "as",
            "as-group",
            "as-uid",
            "service-account"));
    GROUPS.put(
        "Operation",
        List.of(
            "metrics", "edge-metrics", "edge-metrics-bytes", "count-json", "report", "on-failure"));
    GROUPS.put("General", List.of("help", "version"));
  }

  private OptionGroups() {}

  /** Returns a program's visible options by group, its own first. */
  public static Map<String, List<OptionSpec>> of(CommandSpec command) {
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    groups.put(OWN, new ArrayList<>());
    GROUPS.keySet().forEach(heading -> groups.put(heading, new ArrayList<>()));
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        groups.getOrDefault(heading(option), new ArrayList<>()).add(option);
      }
    }
    groups.values().removeIf(List::isEmpty);
    return groups;
  }

  private static String heading(OptionSpec option) {
    String name = option.longestName().replaceFirst("^-+", "");
    for (Map.Entry<String, List<String>> group : GROUPS.entrySet()) {
      if (group.getValue().contains(name)) {
        return group.getKey();
      }
    }
    return OWN;
  }

  /** Returns the options' part of a usage message. */
  public static String render(Help help) {
    StringBuilder text = new StringBuilder();
    of(help.commandSpec())
        .forEach((heading, options) -> {
          Help.Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
          layout.addOptions(options, help.createDefaultParamLabelRenderer());
          text.append(System.lineSeparator())
              .append(heading)
              .append(':')
              .append(System.lineSeparator())
              .append(layout);
        });
    return text.toString();
  }
}
