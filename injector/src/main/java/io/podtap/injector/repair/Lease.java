package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of several replicas acts, and what has been done: the Lease's annotation says when which
 * owner was repaired, so that whoever holds it next does not do it again.
 *
 * <p>A holder that has not been heard of for a lease's duration, by our own clock, is taken for
 * gone. One thread.
 *
 * @see "Kubernetes API, coordination.k8s.io/v1 Lease"
 */
final class Lease {

  private static final String NAME = "podtap-repair";
  private static final String REPAIRED = "podtap.io/repaired";
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int ENTRIES_MAX = 500;
  private static final Duration MEMORY = Duration.ofDays(7);

  /** After this long without a sign of life somebody else takes over. */
  static final Duration DURATION = Duration.ofSeconds(30);

  private final ClusterApi api;
  private final String identity;
  private final Map<String, Instant> repaired = new LinkedHashMap<>();
  private String seenVersion = "";
  private Instant seenAt = Instant.MIN;
  private Instant heldUntil = Instant.MIN;

  /**
   * @param identity of this replica, unique
   */
  Lease(ClusterApi api, String identity) {
    this.api = api;
    this.identity = identity;
  }

  /** Returns whether this replica may act at that time. */
  boolean isHeld(Instant now) {
    return now.isBefore(heldUntil);
  }

  /** Returns when an owner was last repaired, or null. */
  @Nullable Instant repaired(String uid) {
    return repaired.get(uid);
  }

  /**
   * Takes or keeps the lease, if it is free or ours.
   *
   * @throws RefusedException naming the missing rule
   */
  boolean hold(Instant now) throws IOException {
    ClusterApi.Answer answer = api.get(path() + '/' + NAME);
    if (answer.status() == NOT_FOUND) {
      return write(now, "POST", path(), Map.of());
    }
    if (!answer.isGood()) {
      throw new RefusedException("GET lease " + NAME, answer);
    }
    Map<String, @Nullable Object> metadata = Tree.map(answer.object().get("metadata"));
    String version = Tree.text(metadata, "resourceVersion");
    if (!version.equals(seenVersion)) {
      seenVersion = version;
      seenAt = now;
    }
    String holder = Tree.text(answer.object(), "spec", "holderIdentity");
    boolean isFree = holder.isEmpty() || holder.equals(identity);
    if (!isFree && now.isBefore(seenAt.plus(DURATION))) {
      heldUntil = Instant.MIN;
      return false;
    }
    if (!isHeld(now)) {
      remember(Tree.text(metadata, "annotations", REPAIRED));
    }
    return write(now, "PUT", path() + '/' + NAME, metadata);
  }

  /**
   * Notes that an owner is about to be repaired, before it is: what cannot be noted is not done.
   *
   * @return false when the lease has gone to somebody else
   */
  boolean note(String uid, Instant now) throws IOException {
    repaired.put(uid, now);
    return hold(now);
  }

  /** Takes back a note: the API server has refused, nothing was done. */
  void forget(String uid, Instant now) throws IOException {
    repaired.remove(uid);
    hold(now);
  }

  /** Gives it up, so that another replica need not wait. */
  void release(Instant now) throws IOException {
    if (isHeld(now)) {
      ClusterApi.Answer answer = api.get(path() + '/' + NAME);
      Map<String, @Nullable Object> lease = Tree.copyMap(answer.object());
      Tree.child(lease, "spec").put("holderIdentity", "");
      heldUntil = Instant.MIN;
      api.send("PUT", path() + '/' + NAME, "application/json", lease);
    }
  }

  private String path() throws IOException {
    return "/apis/coordination.k8s.io/v1/namespaces/" + ApiPath.encode(api.namespace()) + "/leases";
  }

  private boolean write(
      Instant now, String method, String path, Map<String, @Nullable Object> former)
      throws IOException {
    Map<String, @Nullable Object> metadata = Tree.copyMap(former);
    metadata.put("name", NAME);
    Tree.child(metadata, "annotations").put(REPAIRED, memory(now));
    Map<String, @Nullable Object> spec = new LinkedHashMap<>();
    spec.put("holderIdentity", identity);
    spec.put("leaseDurationSeconds", DURATION.toSeconds());
    spec.put("renewTime", String.format("%s.000000Z", now.toString().substring(0, 19)));
    Map<String, @Nullable Object> lease = new LinkedHashMap<>();
    lease.put("apiVersion", "coordination.k8s.io/v1");
    lease.put("kind", "Lease");
    lease.put("metadata", metadata);
    lease.put("spec", spec);
    ClusterApi.Answer answer = api.send(method, path, "application/json", lease);
    if (answer.isGood()) {
      heldUntil = now.plus(DURATION);
      seenVersion = Tree.text(answer.object(), "metadata", "resourceVersion");
      seenAt = now;
      return true;
    }
    heldUntil = Instant.MIN;
    if (answer.status() != CONFLICT) {
      throw new RefusedException(method + " lease " + NAME, answer);
    }
    return false;
  }

  private String memory(Instant now) {
    repaired.values().removeIf(time -> time.isBefore(now.minus(MEMORY)));
    while (repaired.size() > ENTRIES_MAX) {
      repaired.remove(repaired.keySet().iterator().next());
    }
    Map<String, @Nullable Object> texts = new LinkedHashMap<>();
    repaired.forEach((uid, time) -> texts.put(uid, time.toString()));
    return JsonText.write(texts);
  }

  private void remember(String text) {
    repaired.clear();
    try {
      Tree.map(JsonText.read(text))
          .forEach((uid, time) ->
              Cause.time(String.valueOf(time)).ifPresent(at -> repaired.put(uid, at)));
    } catch (JsonText.MalformedException e) {
      // somebody else's text: as if nothing had been done
    }
  }
}
