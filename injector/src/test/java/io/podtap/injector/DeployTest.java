package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.manifest.Manifest;
import io.podtap.injector.manifest.Workload;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What {@code deploy} and {@code examples} tell our programs is what these take. */
final class DeployTest {

  private static final Path ROOT = Path.of("..");

  private static Manifest manifest(String file) throws IOException {
    return Manifest.parse(file, Files.readString(ROOT.resolve(file)));
  }

  private static List<String> arguments(Workload workload) {
    List<String> words = new ArrayList<>();
    for (Object container : Tree.list(Tree.at(workload.pod(), "spec", "containers"))) {
      Tree.list(Tree.at(container, "args")).forEach(word -> words.add(String.valueOf(word)));
    }
    return words;
  }

  @Test
  void theWebhookTakesItsArguments() throws IOException {
    List<String> arguments =
        manifest("deploy/podtap.yaml").workloads().stream()
            .map(DeployTest::arguments)
            .filter(words -> words.getFirst().equals("webhook"))
            .findFirst()
            .orElseThrow();
    WebhookCommand command = new WebhookCommand();
    new CommandLine(command).parseArgs(arguments.stream().skip(1).toArray(String[]::new));

    assertThat(command.template().options())
        .containsEntry("sensor", "dns:podtap-sensor.podtap.svc.cluster.local.:4789")
        .containsEntry("vni", "42");
  }

  @Test
  void noneOfOurOwnPodsIsTapped() throws IOException {
    List<Workload> workloads = manifest("deploy/podtap.yaml").workloads();
    assertThat(workloads).hasSize(2);
    for (Workload workload : workloads) {
      assertThat(Tree.text(workload.pod(), "metadata", "labels", "podtap.io/inject"))
          .as(workload.label())
          .isEqualTo("disabled");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"deployment.yaml", "by-hand.yaml"})
  void examplesAreGolden(String file) throws IOException {
    assertThat(Files.readString(ROOT.resolve("examples").resolve(file)))
        .isEqualTo(Files.readString(Path.of("src/test/resources/golden").resolve(file)));
  }
}
