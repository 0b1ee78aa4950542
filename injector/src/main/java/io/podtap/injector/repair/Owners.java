package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.repair.Owner.Way;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds who owns a pod, and remembers it for a minute. One thread. */
final class Owners {

  private static final String APPS = "/apis/apps/v1/namespaces/";
  private static final Set<String> RESTARTABLE = Set.of("Deployment", "StatefulSet", "DaemonSet");
  private static final int NOT_FOUND = 404;
  private static final Duration MEMORY = Duration.ofMinutes(1);

  private final ClusterApi api;
  private final Map<String, Owner> known = new HashMap<>();
  private Instant forgetAt = Instant.MIN;

  Owners(ClusterApi api) {
    this.api = api;
  }

  /**
   * Returns the pod's outermost owner that makes pods.
   *
   * @throws RefusedException naming the missing rule
   */
  Owner of(Map<String, @Nullable Object> pod, Instant now) throws IOException {
    if (!now.isBefore(forgetAt)) {
      known.clear();
      forgetAt = now.plus(MEMORY);
    }
    String uid = Tree.text(controller(pod), "uid");
    Owner owner = known.get(uid);
    if (owner == null || uid.isEmpty()) {
      owner = find(pod, controller(pod));
      known.put(uid, owner);
    }
    return owner;
  }

  private Owner find(Map<String, @Nullable Object> pod, Map<String, @Nullable Object> reference)
      throws IOException {
    String namespace = Tree.text(pod, "metadata", "namespace");
    Map<String, @Nullable Object> owner = reference;
    if (Tree.text(owner, "kind").equals("ReplicaSet") && isApps(owner)) {
      Map<String, @Nullable Object> set = read(namespace, owner);
      Map<String, @Nullable Object> above = controller(set);
      owner = above.isEmpty() ? owner : above;
    }
    String kind = Tree.text(owner, "kind");
    return switch (kind) {
      case "" -> owner(pod, "Pod", namespace, Way.NONE, "nobody would make it anew");
      case "Job" ->
          owner(owner, kind, namespace, Way.NONE, "its next pod gets one; this one is at work");
      case "Node" -> owner(owner, kind, namespace, Way.NONE, "the node runs it from a file");
      default ->
          RESTARTABLE.contains(kind) && isApps(owner)
              ? restartable(owner, kind, namespace)
              : owner(owner, kind, namespace, Way.EVICT, "");
    };
  }

  private static boolean isApps(Map<String, @Nullable Object> reference) {
    return Tree.text(reference, "apiVersion").equals("apps/v1");
  }

  private Owner restartable(Map<String, @Nullable Object> reference, String kind, String namespace)
      throws IOException {
    Map<String, @Nullable Object> object = read(namespace, reference);
    boolean isOnDelete = Tree.text(object, "spec", "updateStrategy", "type").equals("OnDelete");
    if (object.isEmpty()) {
      return owner(reference, kind, namespace, Way.NONE, "it is gone");
    }
    if (Boolean.TRUE.equals(Tree.at(object, "spec", "paused"))) {
      return owner(reference, kind, namespace, Way.NONE, "its rollout is paused");
    }
    return owner(reference, kind, namespace, isOnDelete ? Way.EVICT : Way.RESTART, "");
  }

  /** Returns the reference of the owner that controls the object, or nothing. */
  private static Map<String, @Nullable Object> controller(Map<String, @Nullable Object> object) {
    for (Object reference : Tree.list(Tree.at(object, "metadata", "ownerReferences"))) {
      if (Boolean.TRUE.equals(Tree.at(reference, "controller"))) {
        return Tree.map(reference);
      }
    }
    return Map.of();
  }

  private Map<String, @Nullable Object> read(
      String namespace, Map<String, @Nullable Object> reference) throws IOException {
    String path = path(namespace, Tree.text(reference, "kind"), Tree.text(reference, "name"));
    ClusterApi.Answer answer = api.get(path);
    if (answer.status() == NOT_FOUND) {
      return Map.of();
    }
    if (!answer.isGood()) {
      throw new RefusedException("GET " + path, answer);
    }
    return answer.object();
  }

  private static String path(String namespace, String kind, String name) {
    return APPS
        + ApiPath.encode(namespace)
        + '/'
        + kind.toLowerCase(Locale.ROOT)
        + "s/"
        + ApiPath.encode(name);
  }

  private static Owner owner(
      Map<String, @Nullable Object> reference, String kind, String namespace, Way way, String why) {
    boolean isPod = kind.equals("Pod");
    String name = isPod ? Tree.text(reference, "metadata", "name") : Tree.text(reference, "name");
    String uid = isPod ? Tree.text(reference, "metadata", "uid") : Tree.text(reference, "uid");
    return new Owner(kind, namespace, name, path(namespace, kind, name), uid, way, why);
  }
}
