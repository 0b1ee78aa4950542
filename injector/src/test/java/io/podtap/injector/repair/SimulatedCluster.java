/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiRequests;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.Fields;
import io.podtap.injector.repair.audit.Cause;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Reference;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A cluster whose controllers are turned by hand, a second at a time: Deployments (rolling and
 * Recreate), StatefulSets and DaemonSets as Kubernetes' own controllers replace pods, a webhook,
 * and whatever refuses pods with a tap.
 *
 * @see "k8s.io/kubernetes/pkg/controller/deployment/{rolling,recreate}.go, statefulset, daemon"
 */
final class SimulatedCluster implements ApiRequests {

  static final String IMAGE = "podtap:1";
  static final String DISABLED = "disabled";

  /** What makes a request fail, before or after it was done. */
  interface Trouble {
    boolean isAway(String method, String path);
  }

  final Map<String, Workload> workloads = new LinkedHashMap<>();
  final List<String> events = new ArrayList<>();
  final List<String> patches = new ArrayList<>();
  final Set<String> unpullable = new HashSet<>();
  Predicate<Workload> refusesTaps = one -> false;
  Predicate<Workload> breaksTaps = one -> false;
  Trouble before = (method, path) -> false;
  Trouble after = (method, path) -> false;
  boolean hasWebhook = true;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Map<String, @Nullable Object> lease = new LinkedHashMap<>();
  private int leaseVersion;
  private int uids;

  /** A pod. */
  static final class Pod {
    final String name;
    final String template;
    final boolean isTapped;
    final boolean isBroken;
    final Instant created;
    final Instant readyAt;
    @Nullable Instant goneAt;

    Pod(
        String name,
        String template,
        boolean isTapped,
        boolean isBroken,
        Instant created,
        Instant readyAt) {
      this.name = name;
      this.template = template;
      this.isTapped = isTapped;
      this.isBroken = isBroken;
      this.created = created;
      this.readyAt = readyAt;
    }

    boolean isReady(Instant now) {
      return goneAt == null && !isBroken && !now.isBefore(readyAt);
    }
  }

  /** An owner. */
  final class Workload {
    final String kind;
    final String name;
    final String uid;
    String strategy = "RollingUpdate";
    long surge = 1;
    long unavailable = 0;
    long wanted;
    long startSeconds = 5;
    boolean hasBudget;
    String consent = "";
    boolean isDeleted;
    boolean isPaused;
    Map<String, @Nullable Object> template = new LinkedHashMap<>();
    long generation = 1;
    String currentRevision = "";
    String failure = "";
    final List<Pod> pods = new ArrayList<>();

    /** Seconds in which it had fewer available pods than it wanted. */
    long secondsBelow;

    /** The longest such time at a stretch. */
    long longestBelow;

    private long stretch;
    private String revision = "";
    private long revisionOf;

    Workload(String kind, String name, long wanted) {
      this.kind = kind;
      this.name = name;
      this.wanted = wanted;
      uid = "uid-" + uids++;
      template.put("metadata", new LinkedHashMap<>(Map.of("labels", Map.of("app", name))));
      template.put("spec", Map.of("containers", List.of(Map.of("name", "app", "image", "app"))));
      for (int i = 0; i < wanted; i++) {
        pods.add(pod(i, false, now.minusSeconds(3_600)));
      }
      currentRevision = revision();
    }

    String revision() {
      if (revisionOf != generation || revision.isEmpty()) {
        revision = JsonText.write(template);
        revisionOf = generation;
      }
      return revision;
    }

    private Pod pod(int ordinal, boolean isTapped, Instant created) {
      boolean isBroken = isTapped && breaksTaps.test(this);
      String its = kind.equals("StatefulSet") ? name + '-' + ordinal : name + '-' + uids++;
      return new Pod(
          its, revision(), isTapped, isBroken, created, created.plusSeconds(startSeconds));
    }

    boolean isExempt() {
      return Tree.text(template, "metadata", "labels", "podtap.io/inject").equals(DISABLED);
    }

    /** Makes a pod, unless it is refused. */
    private boolean isMade(int ordinal) {
      boolean isTapped = hasWebhook && !isExempt();
      if (isTapped && refusesTaps.test(this)) {
        failure = "pods \"" + name + "\" is forbidden: too large";
        return false;
      }
      pods.add(pod(ordinal, isTapped, now));
      return true;
    }

    long available() {
      return pods.stream().filter(pod -> pod.isReady(now)).count();
    }

    private long present() {
      return pods.stream().filter(pod -> pod.goneAt == null).count();
    }

    private List<Pod> of(boolean isNew) {
      return pods.stream()
          .filter(pod -> pod.goneAt == null && pod.template.equals(revision()) == isNew)
          .toList();
    }

    void turn() {
      pods.removeIf(pod -> pod.goneAt != null && !now.isBefore(pod.goneAt));
      if (isDeleted) {
        return;
      }
      failure = "";
      switch (kind) {
        case "Deployment" -> turnDeployment();
        case "StatefulSet" -> turnStatefulSet();
        default -> turnDaemonSet();
      }
      boolean isBelow = available() < wanted;
      stretch = isBelow ? stretch + 1 : 0;
      secondsBelow += isBelow ? 1 : 0;
      longestBelow = Math.max(longestBelow, stretch);
    }

    private void end(Pod pod) {
      pod.goneAt = now.plusSeconds(1);
    }

    private void turnDeployment() {
      if (isPaused) {
        return;
      }
      List<Pod> old = of(false);
      if (strategy.equals("Recreate")) {
        old.forEach(this::end);
        if (pods.stream().anyMatch(pod -> !pod.template.equals(revision()))) {
          return;
        }
      }
      boolean isRolling = strategy.equals("RollingUpdate");
      while (of(true).size() < wanted && (!isRolling || present() < wanted + surge) && isMade(0)) {}
      List<Pod> surplus = of(true);
      for (int i = surplus.size() - 1; i >= wanted; i--) {
        end(surplus.get(i));
      }
      if (isRolling) {
        of(false).stream().filter(pod -> !pod.isReady(now)).forEach(this::end);
        for (Pod pod : of(false)) {
          if (available() > wanted - unavailable) {
            end(pod);
          }
        }
      }
    }

    private void turnStatefulSet() {
      for (int i = 0; i < wanted; i++) {
        int ordinal = i;
        Pod pod =
            pods.stream().filter(one -> one.name.endsWith("-" + ordinal)).findFirst().orElse(null);
        if (pod == null) {
          boolean _ = isMade(i);
          return;
        }
        if (!pod.isReady(now)) {
          return; // ordered: it is waited for, whatever the template says
        }
      }
      pods.stream().filter(pod -> ordinal(pod) >= wanted).toList().forEach(this::end);
      for (int i = (int) wanted - 1; i >= 0; i--) {
        String its = name + '-' + i;
        for (Pod pod : of(false)) {
          if (pod.name.equals(its)) {
            end(pod);
            return;
          }
        }
      }
      currentRevision = revision();
    }

    private long ordinal(Pod pod) {
      return Long.parseLong(pod.name.substring(pod.name.lastIndexOf('-') + 1));
    }

    private void turnDaemonSet() {
      while (present() + pods.stream().filter(pod -> pod.goneAt != null).count() < wanted
          && isMade(0)) {}
      for (Pod pod : of(false)) {
        long away = wanted - available();
        if (!pod.isReady(now) || away < 1) {
          end(pod);
        }
      }
    }

    Map<String, @Nullable Object> tree() {
      long updated = of(true).size();
      Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
      metadata.put("name", name);
      metadata.put("namespace", "shop");
      metadata.put("uid", uid);
      metadata.put("generation", generation);
      metadata.put("resourceVersion", Long.toString(generation));
      metadata.put(
          "annotations", consent.isEmpty() ? Map.of() : Map.of("podtap.io/repair", consent));
      Map<String, @Nullable Object> spec = new LinkedHashMap<>();
      spec.put("replicas", wanted);
      spec.put("paused", isPaused);
      spec.put("template", template);
      spec.put(
          kind.equals("Deployment") ? "strategy" : "updateStrategy",
          Map.of(
              "type",
              strategy,
              "rollingUpdate",
              kind.equals("StatefulSet")
                  ? Map.of()
                  : Map.of(
                      "maxSurge", kind.equals("Deployment") ? surge : 0L,
                      "maxUnavailable", kind.equals("Deployment") ? unavailable : 1L)));
      Map<String, @Nullable Object> status = new LinkedHashMap<>();
      status.put("observedGeneration", generation);
      status.put("replicas", present());
      status.put("updatedReplicas", updated);
      status.put("readyReplicas", available());
      status.put("availableReplicas", available());
      status.put("currentRevision", currentRevision);
      status.put("updateRevision", revision());
      status.put("desiredNumberScheduled", wanted);
      status.put("currentNumberScheduled", present());
      status.put("updatedNumberScheduled", updated);
      status.put("numberAvailable", available());
      if (!failure.isEmpty() && kind.equals("Deployment")) {
        status.put(
            "conditions",
            List.of(
                Map.of(
                    "type", "ReplicaFailure",
                    "status", "True",
                    "reason", "FailedCreate",
                    "message", failure)));
      }
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("metadata", metadata);
      tree.put("spec", spec);
      tree.put("status", status);
      return tree;
    }

    Reference reference() {
      return kind.equals("Deployment")
          ? new Reference("apps/v1", "ReplicaSet", name + "-rs", uid + "-rs")
          : new Reference("apps/v1", kind, name, uid);
    }
  }

  Workload add(String kind, String name, long wanted) {
    Workload workload = new Workload(kind, name, wanted);
    workloads.put(name, workload);
    return workload;
  }

  /** Lets a second pass. */
  void turn() {
    now = now.plusSeconds(1);
    workloads.values().forEach(Workload::turn);
  }

  Sight sight() {
    List<Finding> findings = new ArrayList<>();
    Set<String> running = new HashSet<>();
    for (Workload workload : workloads.values()) {
      for (Pod pod : workload.pods) {
        if (pod.goneAt != null) {
          continue;
        }
        if (pod.isTapped && !pod.isBroken) {
          running.add(IMAGE);
        }
        boolean isMissing = !pod.isTapped && !pod.template.contains("\"" + DISABLED + '"');
        if (isMissing || pod.isBroken) {
          findings.add(
              new Finding(
                  "shop",
                  "Pod",
                  pod.name,
                  workload.uid + pod.name + pod.created,
                  isMissing ? Finding.State.MISSING : Finding.State.BROKEN,
                  isMissing ? Cause.BEFORE_LABEL.word() : "image-not-pulled",
                  "of a test",
                  pod.created,
                  workload.reference()));
        }
      }
    }
    return new Sight(findings, unpullable, running);
  }

  @Override
  public String namespace() {
    return "podtap";
  }

  @Override
  public ClusterApi.Answer send(String method, String path, String type, @Nullable Object body)
      throws IOException {
    if (before.isAway(method, path)) {
      throw new IOException("connection refused");
    }
    ClusterApi.Answer answer = answer(method, path, Tree.map(body));
    if (after.isAway(method, path)) {
      throw new IOException("connection reset");
    }
    return answer;
  }

  private ClusterApi.Answer answer(String method, String path, Map<String, @Nullable Object> body) {
    if (path.contains("/leases")) {
      return answerLease(method, body);
    }
    if (path.endsWith("/events")) {
      events.add(Tree.text(body, "reason") + ' ' + Tree.text(body, "message"));
      return new ClusterApi.Answer(201, Map.of());
    }
    if (path.endsWith("/poddisruptionbudgets")) {
      return new ClusterApi.Answer(200, Map.of("items", budgets()));
    }
    if (path.contains("/pods?dryRun=All")) {
      return answerTrial(body);
    }
    if (path.endsWith("/eviction")) {
      workloads.values().stream()
          .flatMap(one -> one.pods.stream())
          .filter(pod -> path.contains("/pods/" + pod.name + '/'))
          .forEach(pod -> pod.goneAt = now.plusSeconds(1));
      return new ClusterApi.Answer(201, Map.of());
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (path.contains("/replicasets/")) {
      Workload its = workloads.get(name.substring(0, name.length() - "-rs".length()));
      return its == null || its.isDeleted ? missing() : new ClusterApi.Answer(200, ownedBy(its));
    }
    Workload workload = workloads.get(name);
    if (workload == null || workload.isDeleted) {
      return missing();
    }
    if (method.equals("PATCH")) {
      return answerPatch(workload, body);
    }
    return new ClusterApi.Answer(200, workload.tree());
  }

  private static ClusterApi.Answer missing() {
    return new ClusterApi.Answer(404, Map.of("message", "not found"));
  }

  private static Map<String, @Nullable Object> ownedBy(Workload its) {
    return Map.of(
        "metadata",
        Map.of(
            "ownerReferences",
            List.of(
                Map.of(
                    "controller",
                    true,
                    "apiVersion",
                    "apps/v1",
                    "kind",
                    "Deployment",
                    "name",
                    its.name,
                    "uid",
                    its.uid))));
  }

  private List<@Nullable Object> budgets() {
    List<@Nullable Object> budgets = new ArrayList<>();
    for (Workload workload : workloads.values()) {
      if (workload.hasBudget) {
        long allowed = workload.available() >= workload.wanted ? 1 : 0;
        budgets.add(
            Map.of(
                "metadata", Map.of("name", workload.name),
                "spec", Map.of("selector", Map.of("matchLabels", Map.of("app", workload.name))),
                "status", Map.of("disruptionsAllowed", allowed)));
      }
    }
    return budgets;
  }

  private ClusterApi.Answer answerTrial(Map<String, @Nullable Object> pod) {
    String name = Tree.text(pod, "metadata", "generateName");
    Workload workload = workloads.get(name.substring(0, name.length() - 1));
    boolean isTapped =
        hasWebhook && !Tree.text(pod, "metadata", "labels", "podtap.io/inject").equals(DISABLED);
    if (workload == null || (isTapped && refusesTaps.test(workload))) {
      return new ClusterApi.Answer(403, Map.of("message", "forbidden: too large"));
    }
    List<@Nullable Object> taps =
        isTapped ? List.of(Map.of("name", "podtap", "image", IMAGE)) : List.of();
    return new ClusterApi.Answer(201, Map.of("spec", Map.of("initContainers", taps)));
  }

  private ClusterApi.Answer answerPatch(Workload workload, Map<String, @Nullable Object> body) {
    String version = Tree.text(body, "metadata", "resourceVersion");
    if (!version.isEmpty() && !version.equals(Long.toString(workload.generation))) {
      return new ClusterApi.Answer(409, Map.of("message", "conflict"));
    }
    patches.add(workload.name);
    Map<String, @Nullable Object> template = Tree.copyMap(workload.template);
    merge(template, Tree.map(Tree.at(body, "spec", "template")));
    Map<String, @Nullable Object> metadata = Tree.map(template.get("metadata"));
    if (Tree.map(metadata.get("annotations")).isEmpty()) {
      metadata.remove("annotations");
    }
    if (!template.equals(workload.template)) {
      workload.template = template;
      workload.generation++;
    }
    return new ClusterApi.Answer(200, workload.tree());
  }

  private static void merge(
      Map<String, @Nullable Object> target, Map<String, @Nullable Object> patch) {
    patch.forEach((key, value) -> {
      if (value == null) {
        target.remove(key);
      } else if (value instanceof Map<?, ?>) {
        merge(Tree.child(target, key), Tree.map(value));
      } else {
        target.put(key, value);
      }
    });
  }

  private ClusterApi.Answer answerLease(String method, Map<String, @Nullable Object> body) {
    if (method.equals("GET")) {
      return lease.isEmpty() ? missing() : new ClusterApi.Answer(200, Tree.copyMap(lease));
    }
    String version = Tree.text(body, "metadata", "resourceVersion");
    if (!lease.isEmpty() && !version.equals(Integer.toString(leaseVersion))) {
      return new ClusterApi.Answer(409, Map.of("message", "conflict"));
    }
    leaseVersion++;
    lease = Tree.copyMap(body);
    Tree.child(lease, "metadata").put("resourceVersion", Integer.toString(leaseVersion));
    return new ClusterApi.Answer(200, Tree.copyMap(lease));
  }

  @Override
  public String list(String path, Fields fields, Taker taker) {
    return ""; // pods of other controllers are in the tests with a real API server
  }
}
