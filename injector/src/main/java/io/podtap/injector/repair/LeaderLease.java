/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.cluster.ApiRequests;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.repair.audit.Cause;
import io.podtap.injector.repair.audit.Setback;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of several replicas acts, and what has been done: the Lease's annotations say when which
 * owner was repaired, which is being repaired and which were given up, so that whoever holds it
 * next goes on there.
 *
 * <p>A holder that has not been heard of for a lease's duration, by our own clock, is taken for
 * gone. One thread.
 *
 * @see "Kubernetes API, coordination.k8s.io/v1 Lease"
 */
final class LeaderLease {

  private static final String REPAIRED = "podtap.io/repaired";
  private static final String REPAIRING = "podtap.io/repairing";
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int ENTRIES_MAX = 500;

  /** Annotations of one object have 256 KiB together; one of these has at most 800 bytes. */
  private static final int SETBACKS_MAX = 150;

  private static final Duration MEMORY = Duration.ofDays(7);

  /** After this long without a sign of life somebody else takes over. */
  static final Duration DURATION = Duration.ofSeconds(30);

  private final ApiRequests api;
  private final String identity;
  private final Map<String, Instant> repaired = new LinkedHashMap<>();
  private final Map<String, Setback> setbacks = new LinkedHashMap<>();
  private @Nullable Operation operation;
  private String seenVersion = "";
  private Instant seenAt = Instant.MIN;
  private Instant heldUntil = Instant.MIN;

  /**
   * @param identity of this replica, unique
   */
  LeaderLease(ApiRequests api, String identity) {
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
    ClusterApi.Answer answer = api.get(path() + '/' + Setback.LEASE);
    if (answer.status() == NOT_FOUND) {
      return write(now, "POST", path(), Map.of());
    }
    if (!answer.isGood()) {
      throw new RefusedException("GET lease " + Setback.LEASE, answer);
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
      remember(Tree.map(metadata.get("annotations")));
    }
    return write(now, "PUT", path() + '/' + Setback.LEASE, metadata);
  }

  /** Returns the earliest time since then at which an owner was repaired, or null. */
  @Nullable Instant firstRepaired(Instant since) {
    return repaired.values().stream()
        .filter(time -> !time.isBefore(since))
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** Returns the repair that is under way, or null. */
  @Nullable Operation operation() {
    return operation;
  }

  /** Returns the owners that are left alone, by their uid. */
  Map<String, Setback> setbacks() {
    return Map.copyOf(setbacks);
  }

  /**
   * Notes that an owner is about to be repaired, before it is: what cannot be noted is not done.
   *
   * @param owner its uid
   * @param repaired since when its new pods must have their taps
   * @return false when the lease has gone to somebody else
   */
  boolean begin(Operation next, String owner, Instant repaired, Instant now) throws IOException {
    if (!isHeld(now)) {
      return false; // what another has written since is read first
    }
    operation = next;
    this.repaired.put(owner, repaired);
    setbacks.remove(owner);
    return hold(now);
  }

  /**
   * Notes how far the repair is.
   *
   * @param next null when it is over
   * @return false when the lease has gone to somebody else
   */
  boolean advance(@Nullable Operation next, Instant now) throws IOException {
    if (!isHeld(now)) {
      return false;
    }
    operation = next;
    return hold(now);
  }

  /** Notes, with the next change of the lease, that an owner is left alone. */
  void leave(Setback setback) {
    setbacks.put(setback.uid(), setback);
    while (setbacks.size() > SETBACKS_MAX) {
      setbacks.remove(
          setbacks.values().stream()
              .filter(one -> !one.halts())
              .findFirst()
              .orElseGet(() -> setbacks.values().iterator().next())
              .uid());
    }
  }

  /** Forgets, with the next change of the lease, why an owner was left alone. */
  void forgive(String uid) {
    setbacks.remove(uid);
  }

  /** Takes back that an owner was repaired: nothing was done. */
  void forget(String uid) {
    repaired.remove(uid);
  }

  /** Gives it up, so that another replica need not wait. */
  void release(Instant now) throws IOException {
    if (isHeld(now)) {
      Map<String, @Nullable Object> lease = Tree.copyMap(api.object(path() + '/' + Setback.LEASE));
      heldUntil = Instant.MIN;
      if (!Tree.text(lease, "spec", "holderIdentity").equals(identity)) {
        return; // somebody else has it
      }
      Tree.child(lease, "spec").put("holderIdentity", "");
      ClusterApi.Answer answer =
          api.send("PUT", path() + '/' + Setback.LEASE, "application/json", lease);
      if (!answer.isGood() && answer.status() != CONFLICT) {
        throw new RefusedException("PUT lease " + Setback.LEASE, answer);
      }
    }
  }

  private String path() throws IOException {
    return Setback.leases(api.namespace());
  }

  private boolean write(
      Instant now, String method, String path, Map<String, @Nullable Object> former)
      throws IOException {
    Map<String, @Nullable Object> metadata = Tree.copyMap(former);
    metadata.put("name", Setback.LEASE);
    Map<String, @Nullable Object> annotations = Tree.child(metadata, "annotations");
    annotations.put(REPAIRED, memory(now));
    Operation current = operation;
    annotations.put(REPAIRING, current == null ? "" : current.text());
    Map<String, @Nullable Object> left = new LinkedHashMap<>();
    setbacks.forEach((uid, setback) -> left.put(uid, setback.tree()));
    annotations.put(Setback.ANNOTATION, JsonText.write(left));
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
      throw new RefusedException(method + " lease " + Setback.LEASE, answer);
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

  private void remember(Map<String, @Nullable Object> annotations) {
    repaired.clear();
    setbacks.clear();
    operation = Operation.parse(Tree.text(annotations, REPAIRING)).orElse(null);
    setbacks.putAll(Setback.parse(Tree.text(annotations, Setback.ANNOTATION)));
    try {
      Tree.map(JsonText.read(Tree.text(annotations, REPAIRED)))
          .forEach((uid, time) ->
              Cause.time(String.valueOf(time)).ifPresent(at -> repaired.put(uid, at)));
    } catch (JsonText.MalformedException e) {
      // somebody else's text: as if nothing had been done
    }
  }
}
