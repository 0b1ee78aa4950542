/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ApiRequests;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.Fields;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.repair.audit.Finding.State;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Owners that have fewer pods than they want since the API server refuses those with a tap, and
 * owners that repair leaves alone: what a list of pods cannot show.
 *
 * <p>A Deployment says in its conditions that pods are refused; StatefulSets and DaemonSets say it
 * in events alone.
 *
 * @param notes told which right is missing: the rest is looked at all the same
 */
public record OwnerAudit(ApiRequests api, Consumer<String> notes) {

  private static final Map<String, String> KINDS =
      new TreeMap<>(
          Map.of(
              "deployments", "Deployment",
              "statefulsets", "StatefulSet",
              "daemonsets", "DaemonSet"));

  private static final Fields OWNER =
      Fields.NONE
          .with("metadata", "namespace")
          .with("metadata", "name")
          .with("metadata", "uid")
          .with("metadata", "generation")
          .with("metadata", "creationTimestamp")
          .with("spec", "replicas")
          .with("spec", "template")
          .with("status");

  private static final Fields EVENT =
      Fields.NONE
          .with("metadata", "namespace")
          .with("metadata", "name")
          .with("involvedObject", "kind")
          .with("involvedObject", "name")
          .with("message");

  private static final int EVENTS_MAX = 10_000;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int TEXT_LENGTH_MAX = 300;

  /** What some program's tap or webhook is called in a refusal. */
  private static final String OURS = "podtap";

  /**
   * Looks at all owners.
   *
   * @param namespace only this one's, or an empty text for all
   * @param selector only owners of these labels, or an empty text
   * @return by namespace and name
   */
  List<Finding> look(String namespace, String selector, ClusterPods.Scene scene, PodAudit judgement)
      throws IOException {
    Map<String, Finding> found = new LinkedHashMap<>();
    for (Finding finding : setbacks(scene, namespace)) {
      found.put(key(finding.kind(), finding.namespace(), finding.name()), finding);
    }
    for (Finding finding : refused(namespace, selector, scene, judgement)) {
      found.putIfAbsent(key(finding.kind(), finding.namespace(), finding.name()), finding);
    }
    List<Finding> sorted = new ArrayList<>(found.values());
    sorted.sort(Comparator.comparing(Finding::namespace).thenComparing(Finding::name));
    return sorted;
  }

  /** Returns owners that have fewer pods than they want, in no order. */
  public List<Finding> refused(
      String namespace, String selector, ClusterPods.Scene scene, PodAudit judgement)
      throws IOException {
    List<Finding> found = new ArrayList<>();
    Map<String, String> refusals = refusals(namespace);
    for (Map.Entry<String, String> kind : KINDS.entrySet()) {
      String path = path("/apis/apps/v1", namespace, kind.getKey());
      String query = selector.isEmpty() ? "" : "?labelSelector=" + ApiPath.encode(selector);
      optional(() ->
          api.list(
              path + query,
              OWNER,
              (owner, _) -> {
                Finding finding = judge(kind.getValue(), owner, refusals, scene, judgement);
                if (finding != null) {
                  found.add(finding);
                }
              }));
    }
    return found;
  }

  /** Something that needs a right of its own. */
  private interface Look {
    void run() throws IOException;
  }

  private void optional(Look look) throws IOException {
    try {
      look.run();
    } catch (RefusedException e) {
      if (e.status() != FORBIDDEN) {
        throw e;
      }
      notes.accept("not looked at: " + e.getMessage());
    }
  }

  private static String path(String group, String namespace, String resource) {
    return group
        + (namespace.isEmpty() ? "" : "/namespaces/" + ApiPath.encode(namespace))
        + '/'
        + resource;
  }

  private static String key(String kind, String namespace, String name) {
    return kind + '/' + namespace + '/' + name;
  }

  /** Returns the API server's words by who was refused a pod. */
  private Map<String, String> refusals(String namespace) throws IOException {
    Map<String, String> words = new HashMap<>();
    String path = path("/api/v1", namespace, "events") + "?fieldSelector=reason%3DFailedCreate";
    optional(() ->
        api.list(
            path,
            EVENT,
            (event, _) -> {
              if (words.size() < EVENTS_MAX) {
                words.put(
                    key(
                        Tree.text(event, "involvedObject", "kind"),
                        Tree.text(event, "metadata", "namespace"),
                        Tree.text(event, "involvedObject", "name")),
                    Tree.text(event, "message"));
              }
            }));
    return words;
  }

  private static @Nullable Finding judge(
      String kind,
      Map<String, @Nullable Object> owner,
      Map<String, String> refusals,
      ClusterPods.Scene scene,
      PodAudit judgement) {
    Rollout rollout = Rollout.of(kind, owner);
    String namespace = Tree.text(owner, "metadata", "namespace");
    String name = Tree.text(owner, "metadata", "name");
    if (!rollout.lacksPods()) {
      return null;
    }
    String words = rollout.failure();
    if (words.isEmpty()) {
      words = refusals.getOrDefault(key(kind, namespace, name), "");
    }
    boolean isOurs =
        words.contains(OURS)
            || judgement.injects(
                namespace,
                Tree.map(Tree.at(owner, "spec", "template")),
                scene.namespace(namespace));
    if (words.isEmpty() || !isOurs) {
      return null;
    }
    String text =
        "it has "
            + rollout.pods()
            + " of "
            + rollout.wanted()
            + " pods: those that would get a tap are refused: "
            + words.replaceAll("\\p{Cntrl}+", " ");
    return new Finding(
        namespace,
        kind,
        name,
        Tree.text(owner, "metadata", "uid"),
        State.REFUSED,
        "pods-refused",
        text.substring(0, Math.min(text.length(), TEXT_LENGTH_MAX)),
        Cause.time(Tree.text(owner, "metadata", "creationTimestamp")).orElse(Instant.EPOCH),
        Reference.NOBODY);
  }

  private List<Finding> setbacks(ClusterPods.Scene scene, String namespace) throws IOException {
    String home = Tree.text(scene.service(), "namespace");
    if (home.isEmpty()) {
      return List.of(); // no webhook that runs in this cluster
    }
    ClusterApi.Answer answer = api.get(Setback.leases(home) + '/' + Setback.LEASE);
    if (answer.status() == NOT_FOUND) {
      return List.of();
    }
    if (!answer.isGood()) {
      RefusedException refused = new RefusedException("GET lease " + Setback.LEASE, answer);
      if (answer.status() != FORBIDDEN) {
        throw refused;
      }
      notes.accept("not looked at: " + refused.getMessage());
    }
    return Setback.parse(Tree.text(answer.object(), "metadata", "annotations", Setback.ANNOTATION))
        .values()
        .stream()
        .filter(one -> namespace.isEmpty() || one.namespace().equals(namespace))
        .map(Setback::finding)
        .toList();
  }
}
