/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.inject.InjectedOption;
import io.podtap.injector.manifest.Manifest;
import io.podtap.injector.manifest.Workload;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
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
        .containsEntry("sensor", "dns:podtap-sensor.podtap.svc.cluster.local.")
        .containsEntry("vni", "42");
  }

  /** Options of a tap that are a value of the chart elsewhere than under {@code tap}. */
  private static final Map<InjectedOption, List<String>> VALUES_ELSEWHERE =
      Map.of(
          InjectedOption.ENCAPSULATION, List.of("sensor", "encapsulation"),
          InjectedOption.SENSOR_NAME, List.of("tap", "tls", "sensorName"));

  /** Value, schema and argument of the chart for each option of a tap. */
  @Test
  void theChartHasEveryOption() throws IOException {
    Path chart = ROOT.resolve("deploy/chart");
    Object values =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(chart.resolve("values.yaml")));
    Object schema =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(chart.resolve("values.schema.json")));
    String template =
        Files.readString(chart.resolve("templates/_names.tpl"))
            + Files.readString(chart.resolve("templates/webhook.yaml"));
    for (InjectedOption option : InjectedOption.values()) {
      List<String> path =
          VALUES_ELSEWHERE.getOrDefault(option, List.of("tap", camelCase(option.option())));
      Object value = values;
      Object type = schema;
      for (String name : path) {
        assertThat(Tree.map(value)).as("%s", path).containsKey(name);
        value = Tree.at(value, name);
        type = Tree.at(type, "properties", name);
        assertThat(type).as("schema of %s", path).isNotNull();
      }
      String argument = option.programOption();
      assertThat(template)
          .containsAnyOf(
              "(list \"" + path.getLast() + "\" \"" + argument.substring(2) + "\")",
              "- " + argument + '\n');
    }
  }

  /** The guide describes each option of a tap that a pod may set. */
  @Test
  void theGuideHasEveryAnnotation() throws IOException {
    String guide = Files.readString(ROOT.resolve("docs/injection.md"));
    for (InjectedOption option : InjectedOption.values()) {
      String name = option == InjectedOption.INTERFACE ? "interfaces" : option.option();
      assertThat(guide).contains("| `podtap.io/" + name + "` |");
    }
  }

  private static String camelCase(String option) {
    StringBuilder text = new StringBuilder();
    for (String word : option.split("-", -1)) {
      text.append(
          text.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return text.toString();
  }

  /** Options of an injected tap are options of each program that injects. */
  @Test
  void programsTakeEveryOption() {
    for (Object program :
        List.of(
            new InjectCommand(), new WebhookCommand(), new AttachCommand(), new CheckCommand())) {
      for (InjectedOption policy : InjectedOption.values()) {
        assertThat(new CommandLine(program).getCommandSpec().findOption(policy.programOption()))
            .as("%s %s", program.getClass(), policy)
            .isNotNull();
      }
    }
    WebhookCommand webhook = new WebhookCommand();
    new CommandLine(webhook)
        .parseArgs("--metrics", "9000", "--tap-metrics", "9095", "--direction", "in", "--lanes=2");
    assertThat(webhook.template().options())
        .containsEntry("metrics", "9095")
        .containsEntry("direction", "in")
        .containsEntry("lanes", "2")
        .doesNotContainKey("send");
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
  @ValueSource(strings = {"deployment.yaml", "by-hand.yaml", "encrypted.yaml"})
  void examplesAreGolden(String file) throws IOException {
    assertThat(Files.readString(ROOT.resolve("examples").resolve(file)))
        .isEqualTo(Files.readString(Path.of("src/test/resources/golden").resolve(file)));
  }

  private static List<Object> documents(String yaml) {
    List<Object> documents = new ArrayList<>();
    new Load(LoadSettings.builder().build()).loadAllFromString(yaml).forEach(documents::add);
    return documents;
  }

  private static Object named(List<Object> documents, String kind, String name) {
    return documents.stream()
        .filter(one -> Tree.text(one, "kind").equals(kind))
        .filter(one -> Tree.text(one, "metadata", "name").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + ' ' + name));
  }

  @Test
  void certManagersCertificatesComeFromIssuersThatThereAre() throws IOException {
    List<Object> all = documents(Files.readString(ROOT.resolve("deploy/cert-manager.yaml")));
    for (Object one : all) {
      if (Tree.text(one, "kind").equals("Certificate")) {
        String issuer = Tree.text(one, "spec", "issuerRef", "name");
        named(all, Tree.text(one, "spec", "issuerRef", "kind"), issuer);
        assertThat(Tree.text(one, "spec", "privateKey", "encoding")).isEqualTo("PKCS8");
      }
    }
    assertThat(Tree.text(named(all, "ClusterIssuer", "podtap-tunnel"), "spec", "ca", "secretName"))
        .isEqualTo(
            Tree.text(named(all, "Certificate", "podtap-tunnel-authority"), "spec", "secretName"));
  }

  @Test
  void certManagersNamesAreThoseThatTapsAndSensorsAskFor() throws Exception {
    List<Object> all = documents(Files.readString(ROOT.resolve("deploy/cert-manager.yaml")));
    Object sensor = named(all, "Certificate", "podtap-sensor");
    Object tap = named(all, "Certificate", "podtap-tap");
    String guide = Files.readString(ROOT.resolve("docs/security.md"));

    String chart = Files.readString(ROOT.resolve("deploy/podtap.yaml"));
    assertThat(chart).contains("dns:podtap-sensor.podtap.svc.cluster.local.");
    assertThat(Tree.list(Tree.at(sensor, "spec", "dnsNames")))
        .contains("podtap-sensor.podtap.svc.cluster.local");
    assertThat(Tree.list(Tree.at(sensor, "spec", "usages"))).contains("server auth");

    assertThat(Tree.list(Tree.at(tap, "spec", "uris")))
        .containsExactly(
            "spiffe://cluster.local/ns/"
                + Tree.text(tap, "metadata", "namespace")
                + "/sa/podtap-tap");
    assertThat(Tree.list(Tree.at(tap, "spec", "usages"))).contains("client auth");
    for (Object certificate : List.of(sensor, tap)) {
      assertThat(guide).contains('`' + Tree.text(certificate, "spec", "secretName") + '`');
    }
    assertThat(guide)
        .contains("--set sensor.tls.secret=" + Tree.text(sensor, "spec", "secretName"))
        .contains("--set tap.tls.secret=" + Tree.text(tap, "spec", "secretName"));
    Workload example = manifest("examples/encrypted.yaml").workloads().getFirst();
    assertThat(Tree.text(example.pod(), "metadata", "annotations", "podtap.io/tls-secret"))
        .isEqualTo(Tree.text(tap, "spec", "secretName"));
  }
}
