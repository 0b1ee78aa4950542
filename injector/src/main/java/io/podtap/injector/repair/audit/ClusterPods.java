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
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a judgement needs: pods page by page, their namespaces, the webhook's configuration.
 *
 * @param namespace only this one's pods, or an empty text for all
 * @param selector only pods of these labels, as {@code kubectl -l} takes it, or an empty text
 * @param configuration name of the MutatingWebhookConfiguration
 */
public record ClusterPods(ClusterApi api, String namespace, String selector, String configuration) {

  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;
  private static final String NAMESPACES = "/api/v1/namespaces";
  private static final String CONFIGURATIONS =
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/";

  /**
   * What pods are judged by, as of one moment.
   *
   * @param namespaces by name
   * @param version that a watch of namespaces goes on from
   * @param service the webhook's Service (name and where it is), if it is known
   */
  public record Scene(
      Map<String, Map<String, @Nullable Object>> namespaces,
      String version,
      Cause.Webhook webhook,
      Map<String, @Nullable Object> service) {

    /** The labels of a namespace that decide about its pods. */
    private static final List<String> DECISIVE =
        List.of(WellKnownNames.INJECT, WellKnownNames.POD_SECURITY);

    public Optional<Finding> judge(
        PodAudit judgement, Map<String, @Nullable Object> pod, Instant now) {
      return judgement.of(pod, namespace(Tree.text(pod, "metadata", "namespace")), webhook, now);
    }

    Map<String, @Nullable Object> namespace(String name) {
      return namespaces.getOrDefault(name, Map.of());
    }

    /** Returns whether pods would be judged otherwise, now that the namespace is as here. */
    public boolean isOutdatedBy(Map<String, @Nullable Object> namespace) {
      Map<String, @Nullable Object> known =
          namespaces.getOrDefault(Tree.text(namespace, "metadata", "name"), Map.of());
      return DECISIVE.stream()
          .anyMatch(label ->
              !Objects.equals(
                  Tree.at(known, "metadata", "labels", label),
                  Tree.at(namespace, "metadata", "labels", label)));
    }
  }

  /** Returns the namespaces by name, and the webhook's configuration. */
  public Scene scene() throws IOException {
    Map<String, Map<String, @Nullable Object>> namespaces = new HashMap<>();
    String only =
        namespace.isEmpty() ? "" : "?fieldSelector=" + ApiPath.encode("metadata.name=" + namespace);
    String version =
        api.list(
            NAMESPACES + only,
            Fields.NAMESPACE,
            (one, _) -> namespaces.put(Tree.text(one, "metadata", "name"), one));
    Optional<Map<String, @Nullable Object>> read = readConfiguration();
    return new Scene(namespaces, version, webhook(read), service(read));
  }

  /** Returns owners that the API server refuses pods with a tap. */
  public List<Finding> refused(Scene scene, PodAudit judgement, Consumer<String> notes)
      throws IOException {
    return new OwnerAudit(api, notes).refused(namespace, selector, scene, judgement);
  }

  /** Returns whether the webhook's configuration is another now. */
  public boolean isOutdated(Scene scene) throws IOException {
    return !webhook(readConfiguration()).equals(scene.webhook());
  }

  /** Hands on all pods, and returns the version that a watch goes on from. */
  public String list(ApiRequests.Taker taker) throws IOException {
    return api.list(path(), Fields.POD, taker);
  }

  private String path() {
    String path = namespace.isEmpty() ? "/api/v1/pods" : ApiPath.inNamespace(namespace, "pods");
    return selector.isEmpty() ? path : path + "?labelSelector=" + ApiPath.encode(selector);
  }

  /** Follows pods for so long at most, or until {@code end} is complete. */
  public String watch(
      String version, int seconds, CompletableFuture<?> end, ClusterApi.WatchTaker taker)
      throws IOException {
    return api.watch(
        path() + "?resourceVersion=" + ApiPath.encode(version), Fields.POD, seconds, end, taker);
  }

  /** The same of all namespaces. */
  public String watchNamespaces(
      String version, int seconds, CompletableFuture<?> end, ClusterApi.WatchTaker taker)
      throws IOException {
    return api.watch(
        NAMESPACES + "?resourceVersion=" + ApiPath.encode(version),
        Fields.NAMESPACE,
        seconds,
        end,
        taker);
  }

  /** Returns the configuration, empty when it is not there, or nothing when it may not be read. */
  private Optional<Map<String, @Nullable Object>> readConfiguration() throws IOException {
    ClusterApi.Answer answer = api.get(CONFIGURATIONS + ApiPath.encode(configuration));
    return switch (answer.status()) {
      case NOT_FOUND -> Optional.of(Map.of());
      case FORBIDDEN -> Optional.empty();
      default -> {
        if (!answer.isGood()) {
          throw new RefusedException("GET " + configuration, answer);
        }
        yield Optional.of(answer.object());
      }
    };
  }

  private static Cause.Webhook webhook(Optional<Map<String, @Nullable Object>> configuration) {
    if (configuration.isEmpty()) {
      return new Cause.Webhook.Hidden();
    }
    if (configuration.get().isEmpty()) {
      return new Cause.Webhook.Absent();
    }
    return Cause.time(Tree.text(configuration.get(), "metadata", "creationTimestamp"))
        .<Cause.Webhook>map(Cause.Webhook.Since::new)
        .orElseGet(Cause.Webhook.Hidden::new);
  }

  /** Returns the webhook's Service, which is named as its Deployment and stands beside it. */
  private static Map<String, @Nullable Object> service(
      Optional<Map<String, @Nullable Object>> configuration) {
    for (Object webhook : Tree.list(configuration.orElse(Map.of()).get("webhooks"))) {
      return Tree.map(Tree.at(webhook, "clientConfig", "service"));
    }
    return Map.of();
  }
}
