/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.repair.RepairController;
import io.podtap.injector.repair.audit.PodAudit;
import io.podtap.injector.testing.LargeCluster;
import io.podtap.injector.testing.Templates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** 20,000 pods in the heaps that the programs have: each in a virtual machine of its own. */
final class LargeClusterIT {

  private static final int PODS = 20_000;
  private static final long MINUTES_MAX = 8;

  @TempDir private Path folder;

  /** {@code podtap check -A}. */
  static final class Check {

    private Check() {}

    public static void main(String[] arguments) {
      CheckCommand command = new CheckCommand();
      new CommandLine(command).parseArgs(arguments);
      System.exit(command.call());
    }
  }

  /** The webhook's {@code --repair}, until it has told of all pods and looked at all owners. */
  static final class Repair {

    private Repair() {}

    @SuppressWarnings("ClosingStandardOutputStreams") // the controller does not close it
    public static void main(String[] arguments) throws InterruptedException {
      String all =
          "podtap_repair_pods{state=\"missing\",reason=\"webhook-unavailable\"} " + PODS + '\n';
      try (RepairController controller =
          RepairController.start(
              ClusterApi.mounted(URI.create(arguments[0]), Path.of(arguments[1])),
              new PodAudit(Templates.PLAIN, Set.of(), false, ""),
              "podtap-webhook",
              true,
              "large",
              _ -> {},
              System.out)) {
        while (!MetricsPort.text(MetricsFormat.TEXT, controller::metrics).contains(all)) {
          Thread.sleep(200);
        }
        Thread.sleep(12_000); // some more steps, with their owners
        System.out.println("problem: " + controller.problem());
      }
      System.exit(0);
    }
  }

  /** Returns the options of a program's virtual machine, as it is shipped. */
  private static List<String> options(String program) throws IOException {
    List<String> options = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../cli/src/main/image", program + ".options"))) {
      if (!line.startsWith("#") && !line.isBlank()) {
        options.addAll(List.of(line.strip().split(" +")));
      }
    }
    return options;
  }

  private String run(int expected, String program, Class<?> main, String... arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(options(program));
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            main.getName()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("KUBECONFIG", folder.resolve("kubeconfig").toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).as(main.getName()).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(out);
    assertThat(process.exitValue())
        .as(said.substring(Math.max(0, said.length() - 2_000)))
        .isEqualTo(expected);
    return said;
  }

  @Test
  void checkListsThemAllInItsHeap() throws Exception {
    try (LargeCluster cluster = LargeCluster.start(folder, PODS)) {
      assertThat(cluster.podBytes()).isBetween(12_000, 20_000);
      String said = run(1, "other", Check.class, "-A");
      List<String> rows = said.lines().filter(line -> line.contains("application-")).toList();
      assertThat(rows).hasSize(PODS).doesNotHaveDuplicates().isSorted();
      assertThat(cluster.expirations()).as("a list that expired was begun again").isPositive();
    }
  }

  @Test
  void theWebhookFollowsThemAllInItsHeap() throws Exception {
    try (LargeCluster cluster = LargeCluster.start(folder, PODS)) {
      String said = run(0, "webhook", Repair.class, cluster.address(), folder.toString());
      assertThat(said).contains("problem: \n");
    }
  }
}
