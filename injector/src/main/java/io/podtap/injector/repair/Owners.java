/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ApiRequests;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.repair.PodOwner.Way;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.Reference;
import io.podtap.injector.repair.audit.Rollout;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds who owns a pod, and remembers it for half an hour: whoever acts looks at the owner itself.
 * In one step only some are asked for, since a cluster may have thousands. One thread.
 */
final class Owners {

  private static final String APPS = "/apis/apps/v1/namespaces/";
  private static final Set<String> RESTARTABLE = Set.of("Deployment", "StatefulSet", "DaemonSet");
  private static final int NOT_FOUND = 404;
  private static final Duration MEMORY = Duration.ofMinutes(30);

  private final ApiRequests api;
  private final Map<String, PodOwner> known = new HashMap<>();
  private Instant forgetAt = Instant.MIN;
  private int left;

  Owners(ApiRequests api) {
    this.api = api;
  }

  /** Allows so many requests to {@link #ofKnown}. */
  void allow(int requests) {
    left = requests;
  }

  /** As {@link #of}, or null when it is not known and no more requests are allowed. */
  @Nullable PodOwner ofKnown(Finding pod, Instant now) throws IOException {
    boolean isKnown = known.containsKey(pod.owner().uid()) || pod.owner().uid().isEmpty();
    if (!isKnown && left == 0) {
      return null;
    }
    left -= isKnown ? 0 : 1;
    return of(pod, now);
  }

  /**
   * Returns a pod's outermost owner that makes pods.
   *
   * @throws RefusedException naming the missing rule
   */
  PodOwner of(Finding pod, Instant now) throws IOException {
    if (!now.isBefore(forgetAt)) {
      known.clear();
      forgetAt = now.plus(MEMORY);
    }
    Reference controller = pod.owner();
    if (controller.uid().isEmpty()) {
      return new PodOwner(
          "Pod",
          pod.namespace(),
          pod.name(),
          ApiPath.inNamespace(pod.namespace(), "pods", pod.name()),
          pod.uid(),
          controller,
          Way.NONE,
          "nobody would make it again");
    }
    PodOwner owner = known.get(controller.uid());
    if (owner == null) {
      owner = find(pod.namespace(), controller);
      known.put(controller.uid(), owner);
    }
    return owner;
  }

  private PodOwner find(String namespace, Reference controller) throws IOException {
    Reference owner = controller;
    if (owner.kind().equals("ReplicaSet") && owner.isApps()) {
      Reference above = Reference.of(read(path(namespace, owner)));
      owner = above.uid().isEmpty() ? owner : above;
    }
    return switch (owner.kind()) {
      case "Job" ->
          owner(
              namespace, owner, controller, Way.NONE, "its next pod gets one; this one is at work");
      case "Node" -> owner(namespace, owner, controller, Way.NONE, "the node runs it from a file");
      default ->
          RESTARTABLE.contains(owner.kind()) && owner.isApps()
              ? restartable(namespace, owner, controller)
              : owner(namespace, owner, controller, Way.EVICT, "");
    };
  }

  private PodOwner restartable(String namespace, Reference owner, Reference controller)
      throws IOException {
    Map<String, @Nullable Object> object = read(path(namespace, owner));
    String objection = object.isEmpty() ? "it is gone" : objection(object);
    return owner(
        namespace, owner, controller, objection.isEmpty() ? Way.RESTART : Way.NONE, objection);
  }

  /** Returns why a change of the template would not, or not alone, bring new pods. */
  static String objection(Map<String, @Nullable Object> owner) {
    if (Boolean.TRUE.equals(Tree.at(owner, "spec", "paused"))) {
      return "its rollout is paused";
    }
    if (Tree.text(owner, "spec", "updateStrategy", "type").equals("OnDelete")) {
      return "its updateStrategy is OnDelete: its pods are replaced when somebody deletes them";
    }
    return Rollout.number(owner, 0, "spec", "updateStrategy", "rollingUpdate", "partition") > 0
        ? "its partition keeps some pods as they are"
        : "";
  }

  private Map<String, @Nullable Object> read(String path) throws IOException {
    ClusterApi.Answer answer = api.get(path);
    if (answer.status() == NOT_FOUND) {
      return Map.of();
    }
    if (!answer.isGood()) {
      throw new RefusedException("GET " + path, answer);
    }
    return answer.object();
  }

  private static String path(String namespace, Reference owner) {
    return APPS
        + ApiPath.encode(namespace)
        + '/'
        + owner.kind().toLowerCase(Locale.ROOT)
        + "s/"
        + ApiPath.encode(owner.name());
  }

  private static PodOwner owner(
      String namespace, Reference owner, Reference controller, Way way, String why) {
    String path = owner.isApps() ? path(namespace, owner) : "";
    return new PodOwner(
        owner.kind(), namespace, owner.name(), path, owner.uid(), controller, way, why);
  }
}
