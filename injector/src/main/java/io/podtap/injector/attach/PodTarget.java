/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.attach;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a person names to mean a pod: {@code shop-7d9f}, {@code po/shop-7d9f}, {@code deploy/shop}.
 * Of something that has several pods the first by name is taken that is ready, else that runs.
 */
public final class PodTarget {

  private static final int NOT_FOUND = 404;
  private static final int PODS_MAX = 500;

  /** Kinds by kubectl's words for them, and where the API server has them. */
  private enum Kind {
    POD("", "pod", "pods", "po"),
    DEPLOYMENT("/apis/apps/v1", "deployment", "deployments", "deploy"),
    STATEFUL_SET("/apis/apps/v1", "statefulset", "statefulsets", "sts"),
    DAEMON_SET("/apis/apps/v1", "daemonset", "daemonsets", "ds"),
    REPLICA_SET("/apis/apps/v1", "replicaset", "replicasets", "rs"),
    REPLICATION_CONTROLLER("/api/v1", "replicationcontroller", "replicationcontrollers", "rc"),
    JOB("/apis/batch/v1", "job", "jobs", "job"),
    SERVICE("/api/v1", "service", "services", "svc"),
    ROLLOUT("/apis/argoproj.io/v1alpha1", "rollout", "rollouts", "ro"),
    DEPLOYMENT_CONFIG("/apis/apps.openshift.io/v1", "deploymentconfig", "deploymentconfigs", "dc");

    private final String api;
    private final String word;
    private final String plural;
    private final String brief;

    Kind(String api, String word, String plural, String brief) {
      this.api = api;
      this.word = word;
      this.plural = plural;
      this.brief = brief;
    }

    /** Returns the kind of a word, with or without its group: {@code deployments.apps}. */
    static Optional<Kind> of(String word) {
      String bare = word.toLowerCase(Locale.ROOT).replaceFirst("\\..*", "");
      for (Kind kind : values()) {
        if (List.of(kind.word, kind.plural, kind.brief).contains(bare)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  private PodTarget() {}

  /**
   * Returns the name of the pod that is meant.
   *
   * @param target a pod's name, or {@code KIND/NAME}
   * @throws AttachException when there is no such thing, or it has no pod that runs
   */
  public static String pod(ClusterApi api, String namespace, String target) throws IOException {
    int slash = target.indexOf('/');
    if (slash < 0) {
      return target;
    }
    String word = target.substring(0, slash);
    String name = target.substring(slash + 1);
    Kind kind =
        Kind.of(word)
            .orElseThrow(() ->
                new AttachException(
                    "'" + word + "' is not a kind with pods that is known: use the name of a pod"));
    return kind == Kind.POD ? name : podOf(api, namespace, kind, name);
  }

  private static String podOf(ClusterApi api, String namespace, Kind kind, String name)
      throws IOException {
    String owner = kind.word + '/' + name;
    String path =
        kind.api
            + "/namespaces/"
            + ApiPath.encode(namespace)
            + '/'
            + kind.plural
            + '/'
            + ApiPath.encode(name);
    String selector;
    try {
      selector = selector(Tree.map(Tree.at(api.object(path), "spec", "selector")));
    } catch (RefusedException e) {
      if (e.status() == NOT_FOUND) {
        throw new AttachException("there is no " + owner + " in namespace " + namespace);
      }
      throw e;
    }
    if (selector.isEmpty()) {
      throw new AttachException(owner + " selects no pods: use the name of a pod");
    }
    Map<String, @Nullable Object> pods =
        api.object(
            ApiPath.inNamespace(namespace, "pods")
                + "?limit="
                + PODS_MAX
                + "&labelSelector="
                + ApiPath.encode(selector));
    return best(Tree.list(pods.get("items")))
        .orElseThrow(() -> new AttachException(owner + " has no pod that runs"));
  }

  /** Returns a selector as the API server takes it in a query. */
  static String selector(Map<String, @Nullable Object> selector) {
    boolean isStructured =
        selector.get("matchLabels") instanceof Map || selector.get("matchExpressions") != null;
    List<String> parts = new ArrayList<>();
    new TreeMap<>(isStructured ? Tree.map(selector.get("matchLabels")) : selector)
        .forEach((key, value) -> parts.add(key + '=' + value));
    for (Object expression : Tree.list(selector.get("matchExpressions"))) {
      String key = Tree.text(expression, "key");
      String values =
          String.join(
              ",", Tree.list(Tree.at(expression, "values")).stream().map(String::valueOf).toList());
      switch (Tree.text(expression, "operator")) {
        case "In" -> parts.add(key + " in (" + values + ')');
        case "NotIn" -> parts.add(key + " notin (" + values + ')');
        case "Exists" -> parts.add(key);
        case "DoesNotExist" -> parts.add('!' + key);
        default -> {} // none other is valid
      }
    }
    return String.join(",", parts);
  }

  /** Returns the name of the pod to take, of those that run and are not about to end. */
  static Optional<String> best(List<@Nullable Object> pods) {
    return pods.stream()
        .filter(pod -> Tree.text(pod, "status", "phase").equals("Running"))
        .filter(pod -> Tree.at(pod, "metadata", "deletionTimestamp") == null)
        .min(
            Comparator.comparing((@Nullable Object pod) -> !isReady(pod))
                .thenComparing(pod -> Tree.text(pod, "metadata", "name")))
        .map(pod -> Tree.text(pod, "metadata", "name"));
  }

  private static boolean isReady(@Nullable Object pod) {
    return Tree.list(Tree.at(pod, "status", "conditions")).stream()
        .anyMatch(condition ->
            Tree.text(condition, "type").equals("Ready")
                && Tree.text(condition, "status").equals("True"));
  }
}
