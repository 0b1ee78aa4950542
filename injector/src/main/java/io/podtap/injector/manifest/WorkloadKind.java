package io.podtap.injector.manifest;

import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kinds of Kubernetes that make pods, and where the pod stands in them. */
enum WorkloadKind {
  POD("Pod", "", ""),
  DEPLOYMENT("Deployment", "apps/", "spec.template"),
  STATEFUL_SET("StatefulSet", "apps/", "spec.template"),
  DAEMON_SET("DaemonSet", "apps/", "spec.template"),
  REPLICA_SET("ReplicaSet", "apps/", "spec.template"),
  REPLICATION_CONTROLLER("ReplicationController", "", "spec.template"),
  POD_TEMPLATE("PodTemplate", "", "template"),
  JOB("Job", "batch/", "spec.template"),
  CRON_JOB("CronJob", "batch/", "spec.jobTemplate.spec.template");

  private final String kind;

  /** Empty for the core group. */
  private final String group;

  /** Keys, joined by dots. */
  private final String path;

  WorkloadKind(String kind, String group, String path) {
    this.kind = kind;
    this.group = group;
    this.path = path;
  }

  /**
   * Returns the kind of an object, or nothing when it is none that we know; others may share names.
   */
  static Optional<WorkloadKind> of(Map<String, @Nullable Object> object) {
    String version = Tree.text(object, "apiVersion");
    for (WorkloadKind candidate : values()) {
      boolean isOfGroup =
          candidate.group.isEmpty() ? version.equals("v1") : version.startsWith(candidate.group);
      if (candidate.kind.equals(Tree.text(object, "kind")) && isOfGroup) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** Returns the keys that lead to what has a pod's metadata and spec. */
  List<String> path() {
    return path.isEmpty() ? List.of() : List.of(path.split("\\.", -1));
  }
}
