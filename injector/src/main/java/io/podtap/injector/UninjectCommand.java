/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.config.Program;
import io.podtap.injector.inject.Injection;
import io.podtap.injector.manifest.WorkloadKinds;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap uninject}: manifests with taps in, the same manifests without out. */
@Command(
    name = "uninject",
    description = {
      "Remove taps from the workloads of YAML or JSON files.",
      "Writes files to standard output, document by document; exit codes are those of inject."
    },
    sortOptions = false)
public final class UninjectCommand implements Program {

  private final Streams streams;

  @Mixin private ManifestFiles files = new ManifestFiles();

  @Option(
      names = "--workload",
      paramLabel = "KIND[.GROUP]=PATH",
      description = "Another kind that makes pods, as for inject.")
  private List<String> workloads = new ArrayList<>();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      hidden = true,
      description = "As for inject; a tap is removed whatever the namespace.")
  private String namespace = "";

  @Mixin private UnusedClusterOptions cluster = new UnusedClusterOptions();

  /** For the command line. */
  public UninjectCommand() {
    this(Streams.standard());
  }

  UninjectCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    cluster.note(streams.log());
    return new Rewriter(
            streams,
            "removed",
            namespace,
            (workload, labels, notes) ->
                workload.isMade()
                    ? InjectCommand.owned(workload)
                    : Injection.uninject(workload.pod()))
        .rewrite(files.sources(), new WorkloadKinds(workloads));
  }
}
