/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ApiRequests;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.Fields;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Reference;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What repair asks and changes: owners as people restart them, and back.
 *
 * @param api asked with the rights of deploy's ClusterRole {@code podtap-repair-restart}
 * @param tap the tap that pods get, in any words: part of what a failure depends on
 */
record Repairs(ApiRequests api, String tap) {

  private static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";
  private static final String STRATEGIC_MERGE = "application/strategic-merge-patch+json";
  private static final String DISABLED = "disabled";
  private static final int TOO_MANY = 429;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int KEY_LENGTH = 16;

  private static final Fields READINESS =
      Fields.NONE
          .with("metadata", "namespace")
          .with("metadata", "name")
          .with("metadata", "deletionTimestamp")
          .with("metadata", "ownerReferences")
          .with("status", "conditions");

  /** The budget says no for now. */
  static final class BudgetException extends IOException {

    private static final long serialVersionUID = 1;

    BudgetException(String message) {
      super(message);
    }
  }

  /** Returns an owner or a pod, or an empty map when it is gone or another has its name. */
  Map<String, @Nullable Object> read(String path, String uid) throws IOException {
    ClusterApi.Answer answer = api.get(path);
    if (answer.status() == NOT_FOUND
        || (answer.isGood() && !Tree.text(answer.object(), "metadata", "uid").equals(uid))) {
      return Map.of();
    }
    if (!answer.isGood()) {
      throw new RefusedException("GET " + path, answer);
    }
    return answer.object();
  }

  /** Returns the PodDisruptionBudgets of a namespace. */
  List<@Nullable Object> budgets(String namespace) throws IOException {
    return Tree.list(
        api.object(
                "/apis/policy/v1/namespaces/" + ApiPath.encode(namespace) + "/poddisruptionbudgets")
            .get("items"));
  }

  /** Returns what an owner's template says about its last restart, or an empty text. */
  static String mark(Map<String, @Nullable Object> owner) {
    return Tree.text(owner, "spec", "template", "metadata", "annotations", RESTARTED_AT);
  }

  /** Returns a mark that {@code kubectl rollout restart} might have made. */
  static String mark(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * Returns what stays the same as long as an owner would fail as it did before: its template but
   * for the mark, and the tap.
   */
  String key(Map<String, @Nullable Object> owner) {
    Map<String, @Nullable Object> template =
        Tree.copyMap(Tree.map(Tree.at(owner, "spec", "template")));
    Map<String, @Nullable Object> metadata = Tree.child(template, "metadata");
    Tree.child(metadata, "annotations").remove(RESTARTED_AT);
    String text = JsonText.write(template) + tap;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, KEY_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Restarts an owner as {@code kubectl rollout restart} does, unless it has changed since it was
   * read.
   *
   * @return false when it has, and nothing was done
   */
  boolean restart(String path, Map<String, @Nullable Object> owner, String mark)
      throws IOException {
    return patch(path, Tree.text(owner, "metadata", "resourceVersion"), mark, Map.of());
  }

  /** Puts the mark back to what it was. */
  boolean undo(Operation operation) throws IOException {
    return patch(operation.path(), "", operation.former(), Map.of());
  }

  /** Has the owner's next pods come without a tap. */
  boolean exempt(Operation operation) throws IOException {
    return patch(operation.path(), "", operation.former(), Map.of(WellKnownNames.INJECT, DISABLED));
  }

  /** Returns whether an owner's next pods come without a tap. */
  static boolean isExempt(Map<String, @Nullable Object> owner) {
    return Tree.text(owner, "spec", "template", "metadata", "labels", WellKnownNames.INJECT)
        .equals(DISABLED);
  }

  private boolean patch(
      String path, String version, String mark, Map<String, @Nullable Object> labels)
      throws IOException {
    Map<String, @Nullable Object> annotations = new HashMap<>();
    annotations.put(RESTARTED_AT, mark.isEmpty() ? null : mark); // null takes it away
    Map<String, @Nullable Object> metadata = new HashMap<>();
    metadata.put("annotations", annotations);
    if (!labels.isEmpty()) {
      metadata.put("labels", labels);
    }
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("spec", Map.of("template", Map.of("metadata", metadata)));
    if (!version.isEmpty()) {
      body.put("metadata", Map.of("resourceVersion", version));
    }
    ClusterApi.Answer answer = api.send("PATCH", path, STRATEGIC_MERGE, body);
    if (!answer.isGood() && answer.status() != CONFLICT && answer.status() != NOT_FOUND) {
      throw new RefusedException("PATCH " + path, answer);
    }
    return answer.isGood();
  }

  /** Counts the pods of a controller that are ready and stay. */
  long ready(String namespace, String controller) throws IOException {
    LongAdder count = new LongAdder();
    api.list(
        ApiPath.inNamespace(namespace, "pods"),
        READINESS,
        (pod, _) -> {
          if (Reference.of(pod).uid().equals(controller) && isReady(pod)) {
            count.increment();
          }
        });
    return count.sum();
  }

  private static boolean isReady(Map<String, @Nullable Object> pod) {
    return Tree.text(pod, "metadata", "deletionTimestamp").isEmpty()
        && Tree.list(Tree.at(pod, "status", "conditions")).stream()
            .anyMatch(one ->
                Tree.text(one, "type").equals("Ready") && Tree.text(one, "status").equals("True"));
  }

  /**
   * Evicts one pod.
   *
   * @throws BudgetException when its budget forbids it
   */
  void evict(Finding finding) throws IOException {
    Map<String, @Nullable Object> metadata = new HashMap<>();
    metadata.put("name", finding.name());
    metadata.put("namespace", finding.namespace());
    ClusterApi.Answer answer =
        api.send(
            "POST",
            ApiPath.inNamespace(finding.namespace(), "pods", finding.name(), "eviction"),
            "application/json",
            Map.of(
                "apiVersion",
                "policy/v1",
                "kind",
                "Eviction",
                "metadata",
                metadata,
                "deleteOptions",
                Map.of("preconditions", Map.of("uid", finding.uid()))));
    if (answer.status() == TOO_MANY) {
      throw new BudgetException(answer.reason());
    }
    if (!answer.isGood() && answer.status() != NOT_FOUND) {
      throw new RefusedException("evicting pod " + finding.name(), answer);
    }
  }
}
