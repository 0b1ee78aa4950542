package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final String CONFIGURATIONS =
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/";

  /**
   * Judges all pods.
   *
   * @return pods without a tap, in the API server's order
   * @throws RefusedException naming the missing rule
   */
  public List<Finding> judge(Judgement judgement) throws IOException {
    Map<String, Map<String, @Nullable Object>> namespaces = namespaces();
    Cause.Webhook webhook = webhook();
    List<Finding> findings = new ArrayList<>();
    forEach(
        namespace.isEmpty() ? "/api/v1/pods" : ApiPath.inNamespace(namespace, "pods"),
        pod -> {
          String its = Tree.text(pod, "metadata", "namespace");
          Optional<Finding> finding =
              judgement.of(pod, namespaces.getOrDefault(its, Map.of()), webhook);
          finding.ifPresent(findings::add);
        });
    return findings;
  }

  private Map<String, Map<String, @Nullable Object>> namespaces() throws IOException {
    Map<String, Map<String, @Nullable Object>> byName = new HashMap<>();
    String only =
        namespace.isEmpty() ? "" : "?fieldSelector=" + ApiPath.encode("metadata.name=" + namespace);
    forEach(
        "/api/v1/namespaces" + only, one -> byName.put(Tree.text(one, "metadata", "name"), one));
    return byName;
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
  private void forEach(String path, Taker taker) throws IOException {
    String next = "";
    do {
      String query = (path.contains("?") ? "&" : "?") + "limit=" + PAGE;
      Map<String, @Nullable Object> page =
          api.object(path + query + (next.isEmpty() ? "" : "&continue=" + ApiPath.encode(next)));
      Tree.list(page.get("items")).forEach(item -> taker.take(Tree.map(item)));
      next = Tree.text(page, "metadata", "continue");
    } while (!next.isEmpty());
  }
}
