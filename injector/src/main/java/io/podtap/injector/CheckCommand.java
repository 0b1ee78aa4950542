package io.podtap.injector;

import io.podtap.core.config.Program;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.repair.ClusterPods;
import io.podtap.injector.repair.Finding;
import io.podtap.injector.repair.Judgement;
import io.podtap.injector.tree.JsonText;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap check}: pods that should have a tap and have none. */
@Command(
    name = "check",
    description = {
      "List pods that should have a tap and have none, with the reason.",
      "Exit code 1: a tap is missing, or asked for in a way that cannot be. 0: none is; pods that"
          + " can have none, or said no, are listed too. 2: the cluster cannot be asked."
    },
    sortOptions = false)
public final class CheckCommand implements Program {

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Pods of this namespace (default: the kubeconfig's).")
  private String namespace = "";

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Pods of all namespaces.")
  private boolean isEverywhere;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      description = "How it is written (default: ${DEFAULT-VALUE}).")
  private String output = "table";

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private ChoiceOptions choice = new ChoiceOptions();

  @Mixin private TapOptions tap = new TapOptions();

  @Override
  public Integer call() {
    return run(cluster.api(System.getenv()), Streams.standard());
  }

  /** Returns the exit code. */
  int run(ClusterApi api, Streams streams) {
    boolean isTable = TapOptions.choice("output", output, "table", "json");
    Judgement judgement =
        new Judgement(tap.template(), choice.excludedNamespaces(), choice.isChosenByDefault());
    try {
      String its = namespace.isEmpty() ? api.namespace() : namespace;
      List<Finding> findings =
          new ClusterPods(api, isEverywhere ? "" : its, choice.configuration()).judge(judgement);
      if (isTable) {
        table(findings, streams.out());
      } else {
        json(findings, streams.out());
      }
      return findings.stream().anyMatch(finding -> finding.state().isBad()) ? 1 : 0;
    } catch (IOException e) {
      streams.log().println("podtap: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
      return 2;
    }
  }

  private static void table(List<Finding> findings, PrintStream out) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"NAMESPACE", "POD", "TAP", "REASON", ""});
    for (Finding finding : findings) {
      rows.add(
          new String[] {
            finding.namespace(),
            finding.name(),
            finding.state().word(),
            finding.reason(),
            finding.text()
          });
    }
    if (findings.isEmpty()) {
      out.println("no tap is missing");
      return;
    }
    int[] widths = new int[4];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row[i]).repeat(' ', widths[i] - row[i].length() + 2);
      }
      out.println(line.append(row[widths.length]).toString().strip());
    }
  }

  private static void json(List<Finding> findings, PrintStream out) {
    List<@Nullable Object> list = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("namespace", finding.namespace());
      row.put("pod", finding.name());
      row.put("tap", finding.state().word());
      row.put("reason", finding.reason());
      row.put("text", finding.text());
      row.put("created", finding.created().toString());
      list.add(row);
    }
    out.println(JsonText.write(list));
  }
}
