/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The options of {@link ClusterOptions} for programs that contact no cluster: an alias or a script
 * may have them for every program. They have no effect, and a note says so.
 */
final class UnusedClusterOptions {

  private static final String DESCRIPTION = "No effect: this command contacts no cluster.";

  private static final List<String> NAMES =
      List.of("--kubeconfig", "--context", "--cluster", "--user", "--as", "--as-group", "--as-uid");

  @Option(
      names = {
        "--kubeconfig",
        "--context",
        "--cluster",
        "--user",
        "--as",
        "--as-group",
        "--as-uid"
      },
      paramLabel = "VALUE",
      hidden = true,
      description = DESCRIPTION)
  private List<String> values = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  /** Says that those on the command line have no effect. */
  void note(PrintStream log) {
    CommandSpec its = spec;
    ParseResult parsed = its == null ? null : its.commandLine().getParseResult();
    if (parsed == null || values.isEmpty()) {
      return;
    }
    String given =
        parsed.originalArgs().stream()
            .map(UnusedClusterOptions::name)
            .filter(NAMES::contains)
            .distinct()
            .collect(Collectors.joining(", "));
    if (!given.isEmpty()) {
      log.println("podtap: " + given + ": no effect, this command contacts no cluster");
    }
  }

  private static String name(String argument) {
    int end = argument.indexOf('=');
    return end < 0 ? argument : argument.substring(0, end);
  }
}
