package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.inject.Names;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
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
 * @param configuration name of the MutatingWebhookConfiguration
 */
public record ClusterPods(ClusterApi api, String namespace, String configuration) {

  private static final int PAGE = 500;
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
   */
  record Scene(
      Map<String, Map<String, @Nullable Object>> namespaces,
      String version,
      Cause.Webhook webhook) {

    /** The labels of a namespace that decide about its pods. */
    private static final List<String> DECISIVE = List.of(Names.INJECT, Names.POD_SECURITY);

    Optional<Finding> judge(Judgement judgement, Map<String, @Nullable Object> pod) {
      String its = Tree.text(pod, "metadata", "namespace");
      return judgement.of(pod, namespaces.getOrDefault(its, Map.of()), webhook);
    }

    /** Returns whether pods would be judged otherwise, now that the namespace is as here. */
    boolean isOutdatedBy(Map<String, @Nullable Object> namespace) {
      Map<String, @Nullable Object> known =
          namespaces.getOrDefault(Tree.text(namespace, "metadata", "name"), Map.of());
      return DECISIVE.stream()
          .anyMatch(label ->
              !Objects.equals(
                  Tree.at(known, "metadata", "labels", label),
                  Tree.at(namespace, "metadata", "labels", label)));
    }
  }

  /** Takes an object that has changed, and says whether to go on. */
  interface ChangeTaker {
    boolean take(String event, Map<String, @Nullable Object> object);
  }

  /**
   * Judges all pods.
   *
   * @return pods without a tap, in the API server's order
   * @throws RefusedException naming the missing rule
   */
  public List<Finding> judge(Judgement judgement) throws IOException {
    List<Finding> findings = new ArrayList<>();
    list(scene(), judgement, findings::add);
    return findings;
  }

  Scene scene() throws IOException {
    Map<String, Map<String, @Nullable Object>> namespaces = new HashMap<>();
    String only =
        namespace.isEmpty() ? "" : "?fieldSelector=" + ApiPath.encode("metadata.name=" + namespace);
    String version =
        forEach(NAMESPACES + only, one -> namespaces.put(Tree.text(one, "metadata", "name"), one));
    return new Scene(namespaces, version, webhook());
  }

  /** Judges all pods, and returns the version that a watch goes on from. */
  String list(Scene scene, Judgement judgement, Consumer<Finding> taker) throws IOException {
    return forEach(path(), pod -> scene.judge(judgement, pod).ifPresent(taker));
  }

  private String path() {
    return namespace.isEmpty() ? "/api/v1/pods" : ApiPath.inNamespace(namespace, "pods");
  }

  /** Follows pods for so long at most, or until {@code end} is complete. */
  void watch(String version, int seconds, CompletableFuture<?> end, ChangeTaker taker)
      throws IOException {
    watch(path(), version, seconds, end, taker);
  }

  /** The same of all namespaces. */
  void watchNamespaces(String version, int seconds, CompletableFuture<?> end, ChangeTaker taker)
      throws IOException {
    watch(NAMESPACES, version, seconds, end, taker);
  }

  private void watch(
      String path, String version, int seconds, CompletableFuture<?> end, ChangeTaker taker)
      throws IOException {
    api.watch(
        path + "?resourceVersion=" + ApiPath.encode(version),
        seconds,
        end,
        event -> taker.take(Tree.text(event, "type"), Tree.map(event.get("object"))));
  }

  private Cause.Webhook webhook() throws IOException {
    ClusterApi.Answer answer = api.get(CONFIGURATIONS + ApiPath.encode(configuration));
    return switch (answer.status()) {
      case NOT_FOUND -> new Cause.Webhook.Absent();
      case FORBIDDEN -> new Cause.Webhook.Hidden();
      default -> {
        if (!answer.isGood()) {
          throw new RefusedException("GET " + configuration, answer);
        }
        yield Cause.time(Tree.text(answer.object(), "metadata", "creationTimestamp"))
            .<Cause.Webhook>map(Cause.Webhook.Since::new)
            .orElseGet(Cause.Webhook.Hidden::new);
      }
    };
  }

  /** Takes one object of a list. */
  private interface Taker {
    void take(Map<String, @Nullable Object> object);
  }

  /** A list in pages: memory is that of one page and of what is kept. */
  private String forEach(String path, Taker taker) throws IOException {
    String next = "";
    String version;
    do {
      String query = (path.contains("?") ? "&" : "?") + "limit=" + PAGE;
      Map<String, @Nullable Object> page =
          api.object(path + query + (next.isEmpty() ? "" : "&continue=" + ApiPath.encode(next)));
      Tree.list(page.get("items")).forEach(item -> taker.take(Tree.map(item)));
      next = Tree.text(page, "metadata", "continue");
      version = Tree.text(page, "metadata", "resourceVersion");
    } while (!next.isEmpty());
    return version;
  }
}
