/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * What people apply, as they do it: {@code kubectl} and {@code helm} with a real API server, which
 * validates strictly and stores nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver")
final class RealDeployIT {

  private static final Path ROOT = Path.of("..");
  private static final Path NOTHING = Path.of("/dev/null");
  private static final String DIGEST =
      "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  private static final long SECONDS_MAX = 60;

  @TempDir private static Path folder;
  private Path programs = Path.of("");
  private RealApiServer server;

  @BeforeAll
  void start() throws Exception {
    programs = Path.of(System.getenv("KUBEBUILDER_ASSETS"));
    for (String program : List.of("kubectl", "helm")) {
      Assumptions.assumeTrue(
          Files.isExecutable(programs.resolve(program)),
          "no " + program + ": tests/kubernetes/assets kubectl helm");
    }
    server = new RealApiServer(programs, Files.createDirectory(folder.resolve("server")));
    Files.writeString(
        folder.resolve("config"),
        """
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: here, user: me}}]
        clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", certificate-authority: %s}}]
        users: [{name: me, user: {token: %s}}]
        """
            .formatted(server.port(), server.certificates(), RealApiServer.ADMINISTRATOR));
    namespace("podtap", "restricted");
    namespace("shop", "privileged");
    namespace("security", "privileged");
    definition("monitoring.coreos.com", "podmonitors", "PodMonitor");
    definition("cert-manager.io", "certificates", "Certificate");
  }

  private void namespace(String name, String level) throws Exception {
    server.create(
        "/api/v1/namespaces",
        "{\"metadata\": {\"name\": \"%s\", \"labels\": {\"pod-security.kubernetes.io/enforce\": \"%s\"}}}"
            .formatted(name, level));
  }

  /** The kinds that other projects bring, without their schemas. */
  private void definition(String group, String plural, String kind) throws Exception {
    server.create(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        """
        {"metadata": {"name": "%s.%s"}, "spec": {"group": "%s", "scope": "Namespaced",
         "names": {"plural": "%s", "kind": "%s"}, "versions": [{"name": "v1", "served": true,
         "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
         "x-kubernetes-preserve-unknown-fields": true}}}]}}\
        """
            .formatted(plural, group, group, plural, kind));
    Eventually.await(
        () -> server.ask("GET", "/apis/" + group + "/v1/" + plural, "").statusCode() == 200);
  }

  @AfterAll
  void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  /** Runs a program and returns what it said; it must succeed. */
  private String run(String program, Path input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(programs.resolve(program).toString()));
    command.addAll(List.of(arguments));
    File output = folder.resolve(program + ".out").toFile();
    File errors = folder.resolve(program + ".err").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectOutput(output)
            .redirectError(errors);
    builder.environment().put("KUBECONFIG", folder.resolve("config").toString());
    builder.environment().put("HOME", folder.toString());
    Process process = builder.start();
    assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(() -> program + ": " + text(errors.toPath()) + text(output.toPath()))
        .isZero();
    assertThat(errors.toPath()).content().doesNotContain("unknown field").doesNotContain("violate");
    return Files.readString(output.toPath());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String apply(Path file) throws Exception {
    return run("kubectl", file, "apply", "--dry-run=server", "--validate=strict", "-f", "-");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sensor.kind=DaemonSet,sensor.encapsulation=geneve,sensor.port=6081",
        "sensor.enabled=false,tap.sensor=zeek.security,webhook.replicas=1",
        "webhook.enabled=false",
        "webhook.dryRunCheck=true,webhook.limits=false,webhook.podSecurity=baseline,"
            + "webhook.clientAuthority=api-server,tap.imagePullSecrets={ours,theirs}",
        "webhook.default=true,webhook.excludedNamespaces={a,b},webhook.repair=restart",
        "webhook.repair=report,tap.filter=port 53,tap.snaplen=128,tap.mode=container",
        "webhook.certificate.source=cert-manager,webhook.certificate.issuerRef.name=ours",
        "webhook.certificate.source=cert-manager,webhook.certificate.issuerRef.name=ours,"
            + "webhook.events=false",
        "discovery.namespaces={shop,other},networkPolicy.enabled=false,podMonitor.enabled=true",
        "imagePullSecrets[0].name=ours,image.repository=registry.example/podtap,image.tag=v2",
        "sensor.nodeSelector.disk=fast,sensor.tolerations[0].operator=Exists,webhook.nodeSelector.a=b,"
            + "webhook.tolerations[0].operator=Exists,sensor.extraArgs={--protocols,none}",
        "image.digest=" + DIGEST + ",sensor.image.digest=" + DIGEST + ",webhook.image.tag=v3",
        "webhook.port=9443,webhook.metricsPort=9096,sensor.metricsPort=9097",
        "commonLabels.team=security,sensor.podLabels.a=b,sensor.podAnnotations.c=d,"
            + "webhook.podLabels.a=b,webhook.podAnnotations.c=d,webhook.serviceAccountAnnotations.e=f,"
            + "webhook.priorityClassName=system-cluster-critical,sensor.priorityClassName=high",
        "sensor.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey=a,"
            + "webhook.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
            + ".topologyKey=a,sensor.extraEnv[0].name=A,sensor.extraEnv[0].value=b",
        "tap.sensor=[fd00::3]:4790,webhook.clientAuthority=cas,sensor.enabled=true,"
            + "sensor.identityNamespaces={shop}",
        "sensor.logs=/logs,sensor.volumes[0].name=logs,sensor.volumes[0].emptyDir.medium=Memory,"
            + "sensor.volumeMounts[0].name=logs,sensor.volumeMounts[0].mountPath=/logs",
        "detect.enabled=true,detect.kafka=broker-1:9092,detect.replicas=3,detect.partitions=12",
        "detect.enabled=true,sensor.kafka=broker-1:9093,detect.kafkaOptions.security\\.protocol=SSL,"
            + "detect.extraArgs[0]=--threads=2,detect.podLabels.a=b,detect.priorityClassName=high,"
            + "detect.volumes[0].name=tls,detect.volumes[0].secret.secretName=kafka,"
            + "detect.volumeMounts[0].name=tls,detect.volumeMounts[0].mountPath=/tls,"
            + "detect.tolerations[0].operator=Exists,detect.extraEnv[0].name=A,detect.extraEnv[0].value=b",
      })
  void everyVariantOfTheChartIsTaken(String values) throws Exception {
    Path rendered = Files.writeString(folder.resolve("rendered.yaml"), render(values));
    assertThat(apply(rendered).lines()).isNotEmpty().allMatch(line -> line.contains("dry run"));
  }

  private String render(String values) throws Exception {
    return run(
        "helm",
        NOTHING,
        "template",
        "podtap",
        ROOT.resolve("deploy/chart").toString(),
        "--namespace",
        "podtap",
        "--kube-version",
        "1.34.0",
        "--set",
        values.isEmpty() ? "sensor.replicas=1" : values);
  }

  /** Names of namespaces and releases that YAML takes for numbers, booleans or nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"123", "1e3", "null", "0x1f", "true"})
  void namesThatYamlMisreadsAreTexts(String name) throws Exception {
    String rendered =
        run(
            "helm",
            NOTHING,
            "template",
            name,
            ROOT.resolve("deploy/chart").toString(),
            "--namespace",
            name,
            "--kube-version",
            "1.34.0",
            "--set",
            "webhook.dryRunCheck=true,webhook.repair=restart,dashboard.enabled=true,"
                + "discovery.namespaces={shop}");
    namespace(name, "restricted");
    Path file = Files.writeString(folder.resolve("named.yaml"), rendered);
    assertThat(apply(file).lines()).isNotEmpty().allMatch(line -> line.contains("dry run"));
  }

  /** It needs a namespace without PodSecurity's restrictions, which the one of these tests has. */
  @Test
  void hostNetworkIsOnlyWhereItIsAskedFor() throws Exception {
    String own = "hostNetwork: true\n      dnsPolicy: ClusterFirstWithHostNet";
    assertThat(render("")).doesNotContain("hostNetwork");
    assertThat(render("webhook.hostNetwork=true").split(own, -1)).hasSize(2);
    assertThat(render("webhook.hostNetwork=true,sensor.hostNetwork=true").split(own, -1))
        .hasSize(3);
  }

  /** With another sensor named, the chart brings none of its own unless it is told to. */
  @Test
  void aSensorOfOnesOwnIsTheOnlyOne() throws Exception {
    String other = "tap.sensor=dns:zeek.security.svc.cluster.local.";
    assertThat(render(other)).doesNotContain("podtap-sensor").contains("dns:zeek.security");
    assertThat(render(other + ",sensor.enabled=true")).contains("name: podtap-sensor");
    assertThat(render("")).contains("name: podtap-sensor");
  }

  /** A parent chart switches its subcharts by a value of theirs, which the schema must allow. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aParentChartSwitchesIt(boolean enabled) throws Exception {
    Path parent = Files.createDirectories(folder.resolve("parent-" + enabled));
    Files.writeString(
        parent.resolve("Chart.yaml"),
        """
        apiVersion: v2
        name: parent
        version: 0.1.0
        dependencies:
          - {name: podtap, version: ">=0.0.0-0", repository: "file://%s", condition: podtap.enabled}
        """
            .formatted(ROOT.resolve("deploy/chart").toRealPath()));
    run("helm", NOTHING, "dependency", "build", parent.toString());
    String rendered =
        run(
            "helm",
            NOTHING,
            "template",
            "parent",
            parent.toString(),
            "--kube-version",
            "1.34.0",
            "--set",
            "podtap.enabled=" + enabled + ",global.registry=example");
    assertThat(rendered.contains("name: podtap-webhook")).isEqualTo(enabled);
  }

  /**
   * {@code kubectl diff} exits 1 where something differs, which {@link #run} takes for a failure.
   */
  @ParameterizedTest
  @ValueSource(strings = {"deploy/podtap.yaml", "deploy/repair.yaml"})
  void nothingDiffersAfterApply(String file) throws Exception {
    Path manifest = ROOT.resolve(file);
    run("kubectl", manifest, "apply", "-f", "-");
    assertThat(run("kubectl", manifest, "diff", "-f", "-")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deploy/podtap.yaml",
        "deploy/repair.yaml",
        "deploy/dry-run.yaml",
        "deploy/rbac-users.yaml",
        "examples/deployment.yaml",
        "examples/by-hand.yaml",
        "examples/encrypted.yaml",
        "examples/network-policy.yaml",
        "examples/stock-sensor.yaml"
      })
  void everyManifestIsTaken(String file) throws Exception {
    assertThat(apply(ROOT.resolve(file)).lines())
        .isNotEmpty()
        .allMatch(line -> line.contains("dry run"));
  }

  @Test
  void whatInjectWritesIsTaken() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    InjectCommand command =
        new InjectCommand(
            new Streams(
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(log, true, StandardCharsets.UTF_8)));
    new CommandLine(command).parseArgs("-f", ROOT.resolve("examples/deployment.yaml").toString());
    assertThat(command.call()).as(log.toString(StandardCharsets.UTF_8)).isZero();
    Path injected = Files.write(folder.resolve("injected.yaml"), out.toByteArray());

    assertThat(injected).content().contains("restartPolicy: Always");
    assertThat(apply(injected)).contains("deployment.apps/shop created (server dry run)");
  }
}
