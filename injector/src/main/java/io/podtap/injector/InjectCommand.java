/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.config.Program;
import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.NamespaceContext;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.manifest.Workload;
import io.podtap.injector.manifest.WorkloadKinds;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap inject}: manifests in, the same manifests with taps out. */
@Command(
    name = "inject",
    description = {
      "Inject taps into the workloads of YAML or JSON files.",
      "Writes files to standard output, document by document, and the result for each workload to"
          + " standard error. Exit code 1: a workload requests a tap in an invalid way and is written"
          + " unchanged. 2: a file cannot be read or is malformed; the documents written by then are"
          + " complete."
    },
    modelTransformer = DeclaredTapOptions.class,
    sortOptions = false)
public final class InjectCommand implements Program {

  private final Streams streams;

  @Mixin private ManifestFiles files = new ManifestFiles();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description =
          "Namespace of objects that name none, for the labels of a Namespace in the files.")
  private String namespace = "";

  @Option(
      names = "--workload",
      paramLabel = "KIND[.GROUP]=PATH",
      description =
          "Another kind that makes pods, and where its pod template is, as"
              + " Widget.example.com=spec/template; * in the path is every element of a list. Can"
              + " be given several times.")
  private List<String> workloads = new ArrayList<>();

  @Mixin private TapOptions tap = new TapOptions();

  @Mixin private UnusedClusterOptions cluster = new UnusedClusterOptions();

  /** For the command line. */
  public InjectCommand() {
    this(Streams.standard());
  }

  InjectCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    TapTemplate template = tap.template();
    cluster.note(streams.log());
    return new Rewriter(
            streams,
            "injected",
            namespace,
            (workload, labels, notes) -> decide(workload, labels, notes, template))
        .rewrite(files.sources(), new WorkloadKinds(workloads));
  }

  private static Outcome decide(
      Workload workload,
      Map<String, @Nullable Object> labels,
      List<String> notes,
      TapTemplate template) {
    if (workload.isMade()) {
      return owned(workload);
    }
    NamespaceContext context = new NamespaceContext(labels, true);
    Outcome outcome =
        workload.isPod()
            ? Injection.inject(workload.pod(), context, template)
            : Injection.inject(workload.pod(), context, template, workload.name());
    noteMisplaced(workload, notes);
    if (outcome instanceof Outcome.Changed) {
      if (!workload.note().isEmpty()) {
        notes.add(workload.note());
      }
      if (!workload.controller().isEmpty()) {
        notes.add("it belongs to " + workload.controller() + ", which may undo this");
      }
    }
    return outcome;
  }

  /** Returns why what a controller makes is left alone. */
  static Outcome owned(Workload workload) {
    return new Outcome.Unchanged(
        Reason.OWNED, workload.controller() + " makes it: change that instead");
  }

  /** Labels and annotations of a Deployment are not its pods': a mistake that nobody would see. */
  private static void noteMisplaced(Workload workload, List<String> notes) {
    if (workload.isPod()) {
      return;
    }
    for (String what : new String[] {"labels", "annotations"}) {
      Map<String, @Nullable Object> own = Tree.map(workload.metadata().get(what));
      Map<String, @Nullable Object> pods = Tree.map(Tree.at(workload.pod(), "metadata", what));
      for (String name : own.keySet()) {
        if (name.startsWith(WellKnownNames.PREFIX) && !pods.containsKey(name)) {
          notes.add(name + " does nothing here: it belongs into the pod template's " + what);
        }
      }
    }
  }
}
