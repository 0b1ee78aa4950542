/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.repair.audit.Audit;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.PodAudit;
import io.podtap.injector.tree.JsonText;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code podtap check}: pods without their tap, and taps that do not work. */
@Command(
    name = "check",
    description = {
      "List pods whose tap is missing, taps that do not work, and owners that lack"
          + " pods because of their tap, with the reason.",
      "Exit code 1: something is to be done (missing, mistake, broken, refused). 0: nothing is; what"
          + " can have no tap, said no or is only worth knowing is listed too. 2: wrong options, a"
          + " namespace that does not exist, or the cluster cannot be asked."
    },
    modelTransformer = DeclaredTapOptions.class,
    sortOptions = false)
public final class CheckCommand implements Program {

  private static final int SENSORS_MAX = 200;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      split = ",",
      description = "Pods of these namespaces, also several times (default: the kubeconfig's).")
  private List<String> namespaces = List.of();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Pods of all namespaces.")
  private boolean isEverywhere;

  @Option(
      names = {"-l", "--selector"},
      paramLabel = "SELECTOR",
      description =
          "Only pods and owners of these labels, as kubectl takes them: app=web,tier!=db.")
  private String selector = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      description = "How it is written, each row as it is found (default: ${DEFAULT-VALUE}).")
  private String output = "text";

  @Option(
      names = "--sensors",
      paramLabel = "NUMBER",
      description =
          "How many taps are asked at most whether they have a sensor, through the API server's proxy"
              + " to pods; 0 for none (default: ${DEFAULT-VALUE}).")
  private int sensorsMax = SENSORS_MAX;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private ChoiceOptions choice = new ChoiceOptions();

  @Mixin private TapOptions tap = new TapOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    return run(cluster.api(System.getenv()), Streams.standard());
  }

  /** Returns the exit code. */
  int run(ClusterApi api, Streams streams) {
    boolean isText = output.equals("table") || TapOptions.choice("output", output, "text", "json");
    if (isEverywhere && !namespaces.isEmpty()) {
      throw new SettingsException("-A and -n exclude each other");
    }
    if (sensorsMax < 0) {
      throw new SettingsException("sensors " + sensorsMax + " is negative");
    }
    Consumer<String> notes = note -> streams.log().println("podtap: " + note);
    Audit audit = new Audit(api, judgement(), selector, choice.configuration(), sensorsMax, notes);
    Rows rows = isText ? new Text(streams.out()) : new Json(streams.out());
    try {
      boolean isComplete = true;
      for (String namespace : asked(api)) {
        if (!audit.look(namespace, rows::take)) {
          notes.accept("namespace " + namespace + " does not exist");
          isComplete = false;
        }
      }
      rows.end(isComplete);
      return isComplete ? (rows.isBad ? 1 : 0) : 2;
    } catch (IOException e) {
      rows.end(false);
      notes.accept(e.getMessage() == null ? e.toString() : e.getMessage());
      return 2;
    }
  }

  private Iterable<String> asked(ClusterApi api) throws IOException {
    if (isEverywhere) {
      return List.of("");
    }
    return namespaces.isEmpty() ? List.of(api.namespace()) : new TreeSet<>(namespaces);
  }

  /** The image is compared when it is said here; else it is the webhook's. */
  private PodAudit judgement() {
    CommandSpec its = spec;
    ParseResult parsed = its == null ? null : its.commandLine().getParseResult();
    boolean isSaid = parsed != null && parsed.hasMatchedOption("--image");
    return new PodAudit(
        tap.template(),
        choice.excludedNamespaces(),
        choice.isChosenByDefault(),
        isSaid ? tap.template().image() : "");
  }

  /** Writes rows as they come. */
  private abstract static class Rows {

    final PrintStream out;
    boolean isBad;

    Rows(PrintStream out) {
      this.out = out;
    }

    final void take(Finding finding) {
      isBad |= finding.state().isBad();
      write(finding);
    }

    abstract void write(Finding finding);

    /** Ends the output. */
    abstract void end(boolean isComplete);
  }

  private static final class Text extends Rows {

    private boolean isBegun;

    /** Whether anything but what cannot be told was listed. */
    private boolean isSomething;

    Text(PrintStream out) {
      super(out);
    }

    @Override
    void write(Finding finding) {
      if (!isBegun) {
        line("NAMESPACE", "POD", "TAP", "REASON", "");
        isBegun = true;
      }
      isSomething |= finding.state() != Finding.State.UNKNOWN;
      boolean isPod = finding.kind().equals("Pod");
      line(
          finding.namespace(),
          isPod ? finding.name() : finding.kind() + '/' + finding.name(),
          finding.state().word(),
          finding.reason(),
          finding.text());
    }

    private void line(String... words) {
      out.println(String.format("%-16s  %-32s  %-10s  %-20s  %s", (Object[]) words).strip());
    }

    @Override
    void end(boolean isComplete) {
      if (isComplete && !isSomething) {
        out.println("no tap is missing");
      }
    }
  }

  private static final class Json extends Rows {

    private boolean isBegun;

    Json(PrintStream out) {
      super(out);
    }

    @Override
    void write(Finding finding) {
      boolean isPod = finding.kind().equals("Pod");
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("namespace", finding.namespace());
      row.put("pod", isPod ? finding.name() : "");
      row.put("tap", finding.state().word());
      row.put("reason", finding.reason());
      row.put("text", finding.text());
      row.put("created", finding.created().toString());
      row.put("kind", finding.kind());
      row.put("name", finding.name());
      out.print((isBegun ? ",\n " : "[") + JsonText.write(row));
      isBegun = true;
    }

    @Override
    void end(boolean isComplete) {
      out.println(isBegun ? "]" : "[]");
    }
  }
}
