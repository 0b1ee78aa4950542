package io.podtap.injector;

import io.podtap.core.config.Program;
import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.Names;
import io.podtap.injector.inject.Surroundings;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.manifest.Manifest;
import io.podtap.injector.manifest.Workload;
import io.podtap.injector.tree.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap inject}: manifests in, the same manifests with taps out. */
@Command(
    name = "inject",
    description = {
      "Put taps into the workloads of a YAML or JSON file.",
      "The file comes out on standard output, what became of each workload on standard error. Exit"
          + " code 1: a workload asks for a tap in a way that cannot be."
    },
    sortOptions = false)
public final class InjectCommand implements Program {

  private final Streams streams;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE|-",
      description = "Manifests; - is standard input.")
  private String file = "";

  @Mixin private TapOptions tap = new TapOptions();

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
    Manifest manifest = Manifest.parse(FileText.label(file), FileText.read(file, streams.in()));
    Rewriter rewriter = new Rewriter(manifest, streams.log(), "tap put in");
    for (Workload workload : manifest.workloads()) {
      rewriter.rewrite(
          workload,
          Injection.inject(
              workload.pod(),
              new Surroundings(manifest.namespaceLabels(workload.namespace()), true),
              template));
      noteMisplaced(rewriter, workload);
    }
    FileText.write(streams.out(), manifest.text());
    return rewriter.exitCode();
  }

  /** Labels and annotations of a Deployment are not its pods': a mistake that nobody would see. */
  private static void noteMisplaced(Rewriter rewriter, Workload workload) {
    if (workload.isPod()) {
      return;
    }
    for (String what : new String[] {"labels", "annotations"}) {
      Map<String, @Nullable Object> own = Tree.map(workload.metadata().get(what));
      Map<String, @Nullable Object> pods = Tree.map(Tree.at(workload.pod(), "metadata", what));
      for (String name : own.keySet()) {
        if (name.startsWith(Names.PREFIX) && !pods.containsKey(name)) {
          rewriter.note(
              workload, name + " does nothing here: it belongs into the pod template's " + what);
        }
      }
    }
  }
}
