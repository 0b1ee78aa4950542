/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.MountedAccount;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.repair.audit.Audit;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.PodAudit;
import io.podtap.injector.repair.audit.Reference;
import io.podtap.injector.repair.audit.Rollout;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.injector.webhook.ClusterObjects;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A real API server with the rights that {@code deploy} gives, a webhook that is there for dry runs
 * alone, and objects whose controllers we are.
 */
final class RepairCluster implements AutoCloseable {

  static final PodAudit AUDIT =
      new PodAudit(Templates.PLAIN, Set.of("kube-system", "podtap"), false, "");

  private static final String CLAIMS =
      "\"volumeClaimTemplates\": [{\"metadata\": {\"name\": \"data\"}, \"spec\": {\"accessModes\":"
          + " [\"ReadWriteOnce\"], \"resources\": {\"requests\": {\"storage\": \"1Gi\"}}}}], ";

  private final RealApiServer server;
  private final TrialWebhook webhook;
  private final ClusterApi api;
  private final List<String> notes = new ArrayList<>();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream log = new PrintStream(said, true, StandardCharsets.UTF_8);

  /** Starts a server with what {@code deploy} creates, and a namespace that is older than it. */
  RepairCluster(Path folder) throws Exception {
    server =
        new RealApiServer(
            Path.of(System.getenv("KUBEBUILDER_ASSETS")),
            Files.createDirectory(folder.resolve("server")));
    try {
      namespace("podtap", "");
      server.create(
          "/api/v1/namespaces/podtap/serviceaccounts",
          "{\"metadata\": {\"name\": \"podtap-webhook\"}}");
      for (String file : List.of("rbac-users.yaml", "repair.yaml")) {
        ClusterObjects.createAll(server, Path.of("../deploy").resolve(file), "");
      }
      api = MountedAccount.ofWebhook(server, folder);
      namespace("early", "\"podtap.io/inject\": \"enabled\"");
      pod("early", "old", "", "");
      Thread.sleep(1_100); // times of objects are whole seconds
      server.create(
          "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
          "{\"metadata\": {\"name\": \"podtap-webhook\"}}");
      webhook = TrialWebhook.start(server, Files.createDirectory(folder.resolve("webhook")));
      awaitTrials();
      Thread.sleep(1_100);
    } catch (Exception e) {
      server.close();
      throw e;
    }
  }

  /** Returns the server, as its administrator. */
  RealApiServer server() {
    return server;
  }

  /** Returns the API as the webhook's service account. */
  ClusterApi api() {
    return api;
  }

  /** Returns what audits have noted. */
  List<String> notes() {
    return notes;
  }

  /** Takes lines of repairers. */
  PrintStream log() {
    return log;
  }

  /** Returns what repairers have logged. */
  String logged() {
    return said.toString(StandardCharsets.UTF_8);
  }

  /** The API server hears of a new configuration a moment later. */
  private void awaitTrials() throws Exception {
    String pod =
        "{\"metadata\": {\"generateName\": \"a-\"}, \"spec\": {\"containers\": [{\"name\": \"a\","
            + " \"image\": \"a\"}]}}";
    await(() ->
        server
            .ask("POST", "/api/v1/namespaces/early/pods?dryRun=All", pod)
            .body()
            .contains(TrialWebhook.IMAGE));
  }

  void namespace(String name, String labels) throws Exception {
    server.create(
        "/api/v1/namespaces",
        "{\"metadata\": {\"name\": \"" + name + "\", \"labels\": {" + labels + "}}}");
  }

  @Override
  public void close() {
    webhook.close();
    server.close();
  }

  /** Creates a pod that runs, and returns its uid. */
  String pod(String namespace, String name, String metadata, String spec) throws Exception {
    String path = "/api/v1/namespaces/" + namespace + "/pods";
    server.create(
        path,
        "{\"metadata\": {\"name\": \""
            + name
            + "\""
            + metadata
            + "}, \"spec\": {\"containers\": [{\"name\": \"app\", \"image\": \"app\"}]"
            + spec
            + "}}");
    server.patch(
        path + '/' + name + "/status",
        "{\"status\": {\"phase\": \"Running\", \"conditions\": [{\"type\": \"Ready\", \"status\":"
            + " \"True\"}]}}");
    return uid(path + '/' + name);
  }

  String uid(String path) throws Exception {
    return Tree.text(JsonText.read(server.ask("GET", path, "").body()), "metadata", "uid");
  }

  static String ownedBy(String version, String kind, String name, String uid) {
    return ", \"ownerReferences\": [{\"controller\": true, \"apiVersion\": \""
        + version
        + "\", \"kind\": \""
        + kind
        + "\", \"name\": \""
        + name
        + "\", \"uid\": \""
        + uid
        + "\"}]";
  }

  static String workload(String name, String metadata) {
    return workload(name, metadata, "");
  }

  private static String workload(String name, String metadata, String spec) {
    return "{\"metadata\": {\"name\": \""
        + name
        + "\""
        + metadata
        + "}, \"spec\": {"
        + spec
        + "\"selector\": {\"matchLabels\": {\"app\": \""
        + name
        + "\"}}, \"template\": {\"metadata\": {\"labels\": {\"app\": \""
        + name
        + "\"}}, \"spec\": {\"containers\": [{\"name\": \"app\", \"image\": \"app\"}]}}}}";
  }

  /** Makes a Deployment that has all it wants, its ReplicaSet and one pod. */
  void deployment(String namespace, String name) throws Exception {
    String apps = "/apis/apps/v1/namespaces/" + namespace;
    server.create(apps + "/deployments", workload(name, ""));
    settle(apps + "/deployments/" + name);
    String owner = ownedBy("apps/v1", "Deployment", name, uid(apps + "/deployments/" + name));
    server.create(apps + "/replicasets", workload(name, owner));
    String set = ownedBy("apps/v1", "ReplicaSet", name, uid(apps + "/replicasets/" + name));
    pod(namespace, name, ", \"labels\": {\"app\": \"" + name + "\"}" + set, "");
  }

  /** Says what a controller says when all pods are new and available; they are not looked at. */
  void settle(String path) throws Exception {
    Object owner = JsonText.read(server.ask("GET", path, "").body());
    long generation = Rollout.number(owner, 0, "metadata", "generation");
    String status =
        path.contains("/daemonsets/")
            ? "\"desiredNumberScheduled\": 1, \"currentNumberScheduled\": 1,"
                + " \"updatedNumberScheduled\": 1, \"numberAvailable\": 1, \"numberReady\": 1,"
                + " \"numberMisscheduled\": 0"
            : "\"replicas\": 1, \"updatedReplicas\": 1, \"readyReplicas\": 1,"
                + " \"availableReplicas\": 1"
                + (path.contains("/statefulsets/")
                    ? ", \"currentRevision\": \"a\", \"updateRevision\": \"a\""
                    : "");
    server.patch(
        path + "/status",
        "{\"status\": {\"observedGeneration\": " + generation + ", " + status + "}}");
  }

  void label(String namespace, String value) throws Exception {
    server.patch(
        "/api/v1/namespaces/" + namespace,
        "{\"metadata\": {\"labels\": {\"podtap.io/inject\": " + value + "}}}");
  }

  /** Makes an owner that somebody allows to be restarted, with one pod; returns its path. */
  String owner(String namespace, String resource) throws Exception {
    String kinds = "/apis/apps/v1/namespaces/" + namespace + '/' + resource;
    String kind =
        switch (resource) {
          case "deployments" -> "Deployment";
          case "statefulsets" -> "StatefulSet";
          default -> "DaemonSet";
        };
    String spec = resource.equals("statefulsets") ? "\"serviceName\": \"a\", " + CLAIMS : "";
    String consent = ", \"annotations\": {\"podtap.io/repair\": \"enabled\"}";
    server.create(kinds, workload(resource, consent, spec));
    settle(kinds + '/' + resource);
    pod(namespace, resource, ownedBy("apps/v1", kind, resource, uid(kinds + '/' + resource)), "");
    return kinds + '/' + resource;
  }

  Trial.Answer trial(String namespace, String path) throws Exception {
    return new Trial(api)
        .ofTemplate(
            namespace,
            Tree.map(JsonText.read(server.ask("GET", path, "").body())),
            Reference.NOBODY);
  }

  /** What refuses a pod with a tap, by the rules of a namespace: kinds, not cases. */
  void forbid(String rule, String namespace) throws Exception {
    String core = "/api/v1/namespaces/" + namespace;
    switch (rule) {
      case "limits-max", "limits-pod", "limits-ratio", "limits-min" ->
          server.create(core + "/limitranges", limits(rule));
      case "quota" -> {
        server.create(
            core + "/resourcequotas",
            "{\"metadata\": {\"name\": \"q\"}, \"spec\": {\"hard\": {\"limits.memory\":"
                + " \"1Mi\"}}}");
        server.patch(
            core + "/resourcequotas/q/status",
            "{\"status\": {\"hard\": {\"limits.memory\": \"1Mi\"}, \"used\": {\"limits.memory\":"
                + " \"0\"}}}");
      }
      case "pod-security" ->
          server.patch(
              core,
              "{\"metadata\": {\"labels\": {\"pod-security.kubernetes.io/enforce\":"
                  + " \"baseline\"}}}");
      default -> policy(namespace);
    }
  }

  private static String limits(String rule) {
    String limit =
        switch (rule) {
          case "limits-max" -> "\"type\": \"Container\", \"max\": {\"memory\": \"100Mi\"}";
          case "limits-pod" -> "\"type\": \"Pod\", \"max\": {\"memory\": \"200Mi\"}";
          case "limits-min" -> "\"type\": \"Container\", \"min\": {\"memory\": \"512Mi\"}";
          default -> "\"type\": \"Container\", \"maxLimitRequestRatio\": {\"cpu\": \"2\"}";
        };
    return "{\"metadata\": {\"name\": \"l\"}, \"spec\": {\"limits\": [{" + limit + "}]}}";
  }

  /** A policy that takes images of one registry alone. */
  private void policy(String namespace) throws Exception {
    String policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    server.create(
        policies,
        "{\"metadata\": {\"name\": \"registry\"}, \"spec\": {\"matchConstraints\":"
            + " {\"resourceRules\": [{\"apiGroups\": [\"\"], \"apiVersions\": [\"v1\"],"
            + " \"operations\": [\"CREATE\"], \"resources\": [\"pods\"]}]}, \"validations\":"
            + " [{\"expression\": \"!has(object.spec.initContainers) ||"
            + " object.spec.initContainers.all(c, !c.image.startsWith('podtap'))\", \"message\":"
            + " \"foreign registry\"}]}}");
    server.create(
        policies.replace("policies", "policybindings"),
        "{\"metadata\": {\"name\": \"registry\"}, \"spec\": {\"policyName\": \"registry\","
            + " \"validationActions\": [\"Deny\"], \"matchResources\": {\"namespaceSelector\":"
            + " {\"matchLabels\": {\"kubernetes.io/metadata.name\": \""
            + namespace
            + "\"}}}}}");
  }

  List<Finding> findings(String namespace) throws IOException {
    List<Finding> findings = new ArrayList<>();
    Audit audit = new Audit(api, AUDIT, "", "podtap-webhook", 0, notes::add);
    assertThat(audit.look(namespace, findings::add)).isTrue();
    return findings;
  }

  Sight sight(String namespace) throws IOException {
    return new Sight(findings(namespace), Set.of(), Set.of(TrialWebhook.IMAGE));
  }

  List<String> words(String namespace) throws IOException {
    return findings(namespace).stream()
        .map(found -> found.name() + ' ' + found.state().word() + ' ' + found.reason())
        .toList();
  }

  String mark(String path) throws Exception {
    return Repairs.mark(Tree.map(JsonText.read(server.ask("GET", path, "").body())));
  }

  Repairer repairer(LeaderLease lease) {
    return new Repairer(api, true, "tap", lease, new RepairCounters(), log);
  }

  String events(String namespace) throws Exception {
    return server.ask("GET", "/api/v1/namespaces/" + namespace + "/events", "").body();
  }

  /** Returns a lease that is held, whoever held it before. */
  LeaderLease held(String identity, Instant now) throws Exception {
    LeaderLease lease = new LeaderLease(api, identity);
    await(() -> lease.hold(now) || lease.hold(now.plusSeconds(31)));
    assertThat(lease.advance(null, now)).isTrue();
    return lease;
  }
}
