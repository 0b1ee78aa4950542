/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.tree.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a Deployment, StatefulSet or DaemonSet is with its pods, by its own status; pure.
 *
 * @param isDone the controller has seen the newest template, and all wanted pods are of it and
 *     available
 * @param wanted pods
 * @param pods pods that exist
 * @param updated pods of the newest template
 * @param failure what the controller itself says is wrong, or an empty text
 * @see "k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go; Kubernetes API, apps/v1"
 */
public record Rollout(
    boolean isDone, long wanted, long pods, long updated, long available, String failure) {

  public static Rollout of(String kind, Map<String, @Nullable Object> owner) {
    return switch (kind) {
      case "Deployment" -> ofDeployment(owner);
      case "StatefulSet" -> ofStatefulSet(owner);
      default -> ofDaemonSet(owner);
    };
  }

  private static Rollout ofDeployment(Map<String, @Nullable Object> owner) {
    long wanted = number(owner, 1, "spec", "replicas");
    long pods = number(owner, 0, "status", "replicas");
    long updated = number(owner, 0, "status", "updatedReplicas");
    long ready = number(owner, 0, "status", "readyReplicas");
    long available = number(owner, 0, "status", "availableReplicas");
    boolean isDone =
        isObserved(owner)
            && updated == wanted
            && pods == wanted
            && ready >= wanted
            && available >= wanted;
    return new Rollout(isDone, wanted, pods, updated, available, failure(owner));
  }

  private static String failure(Map<String, @Nullable Object> owner) {
    if (!isObserved(owner)) {
      return ""; // its conditions are those of the template before
    }
    for (Object condition : Tree.list(Tree.at(owner, "status", "conditions"))) {
      String type = Tree.text(condition, "type");
      String status = Tree.text(condition, "status");
      boolean isRefused = type.equals("ReplicaFailure") && status.equals("True");
      boolean isLate =
          type.equals("Progressing")
              && status.equals("False")
              && Tree.text(condition, "reason").equals("ProgressDeadlineExceeded");
      if (isRefused || isLate) {
        return Tree.text(condition, "reason") + ": " + Tree.text(condition, "message");
      }
    }
    return "";
  }

  private static Rollout ofStatefulSet(Map<String, @Nullable Object> owner) {
    long wanted = number(owner, 1, "spec", "replicas");
    long pods = number(owner, 0, "status", "replicas");
    long ready = number(owner, 0, "status", "readyReplicas");
    String revision = Tree.text(owner, "status", "updateRevision");
    boolean isOneRevision = Tree.text(owner, "status", "currentRevision").equals(revision);
    // Once all are of one revision the controller need not count them among the updated any more.
    long updated = isOneRevision ? ready : number(owner, 0, "status", "updatedReplicas");
    long available = Math.min(ready, number(owner, ready, "status", "availableReplicas"));
    boolean isDone =
        isObserved(owner)
            && isOneRevision
            && pods == wanted
            && ready >= wanted
            && available >= wanted;
    return new Rollout(isDone, wanted, pods, updated, available, "");
  }

  private static Rollout ofDaemonSet(Map<String, @Nullable Object> owner) {
    long wanted = number(owner, 0, "status", "desiredNumberScheduled");
    long pods = number(owner, 0, "status", "currentNumberScheduled");
    long updated = number(owner, 0, "status", "updatedNumberScheduled");
    long available = number(owner, 0, "status", "numberAvailable");
    boolean isDone =
        isObserved(owner) && updated == wanted && pods == wanted && available >= wanted;
    return new Rollout(isDone, wanted, pods, updated, available, "");
  }

  private static boolean isObserved(Map<String, @Nullable Object> owner) {
    return number(owner, 0, "status", "observedGeneration")
        >= number(owner, 0, "metadata", "generation");
  }

  /** Returns whether pods are missing that the owner wants. */
  public boolean lacksPods() {
    return pods < wanted;
  }

  public static long number(@Nullable Object tree, long otherwise, String... path) {
    return Tree.at(tree, path) instanceof Number number ? number.longValue() : otherwise;
  }
}
