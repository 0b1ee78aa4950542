/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

/**
 * The controller that a person has written, from what a pod says of its own controller: the
 * Deployment or Rollout behind a ReplicaSet, the CronJob behind a Job, any other as it is.
 *
 * <p>Nothing is asked for. A ReplicaSet of a Deployment is called like it, with the hash that its
 * pods have as a label; a Job of a CronJob is called like it, with the minutes since 1970 for which
 * it was due. A Job that somebody has given such a name by hand cannot be told apart.
 *
 * @see "Kubernetes: pkg/controller/deployment/sync.go; pkg/controller/cronjob/utils.go"
 */
public record WorkloadName(String kind, String name) {

  /** Label of a Deployment's pods. */
  public static final String DEPLOYMENT_LABEL = "pod-template-hash";

  /** Label of an Argo Rollout's pods. */
  public static final String ROLLOUT_LABEL = "rollouts-pod-template-hash";

  /** Digits of minutes since 1970, from 1989 to 2160. */
  private static final int MINUTES_DIGITS_MIN = 8;

  private static final int MINUTES_DIGITS_MAX = 9;

  /** Of a pod without a controller. */
  public static final WorkloadName NONE = new WorkloadName("", "");

  /**
   * Returns the workload; empty for a pod without a controller, and for one of the node's own.
   *
   * @param kind of the controller in the pod's owner references, or empty
   * @param name of that controller
   * @param templateHash the pod's label {@link #DEPLOYMENT_LABEL}, or empty
   * @param rolloutHash the pod's label {@link #ROLLOUT_LABEL}, or empty
   */
  public static WorkloadName of(String kind, String name, String templateHash, String rolloutHash) {
    return switch (kind) {
      case "", "Node" -> NONE;
      case "ReplicaSet" -> ofReplicaSet(name, templateHash, rolloutHash);
      case "Job" -> ofJob(name);
      default -> new WorkloadName(kind, name);
    };
  }

  private static WorkloadName ofReplicaSet(String name, String templateHash, String rolloutHash) {
    if (hasEnd(name, rolloutHash)) {
      return new WorkloadName("Rollout", beginning(name, rolloutHash.length()));
    }
    return hasEnd(name, templateHash)
        ? new WorkloadName("Deployment", beginning(name, templateHash.length()))
        : new WorkloadName("ReplicaSet", name);
  }

  private static boolean hasEnd(String name, String hash) {
    return !hash.isEmpty() && name.length() > hash.length() + 1 && name.endsWith('-' + hash);
  }

  private static String beginning(String name, int endLength) {
    return name.substring(0, name.length() - endLength - 1);
  }

  private static WorkloadName ofJob(String name) {
    int dash = name.lastIndexOf('-');
    int digits = name.length() - dash - 1;
    boolean isDue =
        dash > 0
            && digits >= MINUTES_DIGITS_MIN
            && digits <= MINUTES_DIGITS_MAX
            && name.chars().skip(dash + 1L).allMatch(c -> c >= '0' && c <= '9');
    return isDue
        ? new WorkloadName("CronJob", name.substring(0, dash))
        : new WorkloadName("Job", name);
  }

  /** Returns {@code KIND/NAME}, or an empty text. */
  public String text() {
    return name.isEmpty() ? "" : kind + '/' + name;
  }
}
