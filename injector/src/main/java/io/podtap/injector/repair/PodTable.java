/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.repair.audit.ClusterPods;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.PodAudit;
import io.podtap.injector.repair.audit.Reference;
import io.podtap.injector.repair.audit.TapHealth;
import io.podtap.injector.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of all pods: findings, and which images of taps run or cannot be pulled. A pod whose
 * tap works costs nothing. Owners are held once for all their pods. Not for several threads.
 */
final class PodTable {

  private static final int IMAGES_MAX = 1_000;

  private final ClusterPods.Scene scene;
  private final PodAudit judgement;
  private final Map<String, Finding> findings = new LinkedHashMap<>();
  private final Map<Reference, Reference> owners = new HashMap<>();
  private final Map<String, String> namespaces = new HashMap<>();

  /** By the uid of the pod that cannot have it. */
  private final Map<String, String> unpullable = new HashMap<>();

  private final Set<String> running = new HashSet<>();

  PodTable(ClusterPods.Scene scene, PodAudit judgement) {
    this.scene = scene;
    this.judgement = judgement;
  }

  ClusterPods.Scene scene() {
    return scene;
  }

  /** Takes a pod as it is now, or as it was when it went. */
  void take(String event, Map<String, @Nullable Object> pod, boolean isWhole, Instant now) {
    String uid = Tree.text(pod, "metadata", "uid");
    findings.remove(uid);
    unpullable.remove(uid);
    if (event.equals("DELETED")) {
      return;
    }
    Optional<Finding> finding =
        isWhole ? scene.judge(judgement, pod, now) : Optional.of(Finding.tooLarge(pod));
    finding.ifPresent(found -> findings.put(uid, compact(found)));
    String image = TapHealth.unpullableImage(pod);
    if (!image.isEmpty()) {
      unpullable.put(uid, image);
    }
    String runs = TapHealth.runningImage(pod);
    if (!runs.isEmpty() && running.size() < IMAGES_MAX) {
      running.add(runs);
    }
  }

  private Finding compact(Finding found) {
    String namespace = namespaces.computeIfAbsent(found.namespace(), name -> name);
    return new Finding(
        namespace,
        found.kind(),
        found.name(),
        found.uid(),
        found.state(),
        found.reason(),
        found.text(),
        found.created(),
        owners.computeIfAbsent(found.owner(), owner -> owner));
  }

  /** Returns what is known, with findings about owners. */
  Sight sight(List<Finding> owners) {
    List<Finding> all = new ArrayList<>(findings.values());
    all.addAll(owners);
    return new Sight(all, new HashSet<>(unpullable.values()), running);
  }
}
