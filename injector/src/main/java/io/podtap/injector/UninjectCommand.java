package io.podtap.injector;

import io.podtap.core.config.Program;
import io.podtap.injector.inject.Injection;
import io.podtap.injector.manifest.Manifest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code podtap uninject}: manifests with taps in, the same manifests without out. */
@Command(
    name = "uninject",
    description = "Take the taps out of the workloads of a YAML or JSON file.",
    sortOptions = false)
public final class UninjectCommand implements Program {

  private final Streams streams;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE|-",
      description = "Manifests; - is standard input.")
  private String file = "";

  /** For the command line. */
  public UninjectCommand() {
    this(Streams.standard());
  }

  UninjectCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    Manifest manifest = Manifest.parse(FileText.label(file), FileText.read(file, streams.in()));
    Rewriter rewriter = new Rewriter(manifest, streams.log(), "tap taken out");
    manifest
        .workloads()
        .forEach(workload -> rewriter.rewrite(workload, Injection.uninject(workload.pod())));
    FileText.write(streams.out(), manifest.text());
    return rewriter.exitCode();
  }
}
