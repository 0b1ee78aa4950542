/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.tree.Tree;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod without a tap, a tap that does not work, or an owner that lacks pods because of its tap. It
 * holds a few names and no tree: a cluster may have tens of thousands.
 *
 * @param kind {@code Pod}, or the owner's kind
 * @param state what it means
 * @param reason a stable word: of a {@link Cause}, of {@link TapHealth} or of the injector's
 *     reasons
 * @param text one line for a person
 * @param owner who controls the pod
 */
public record Finding(
    String namespace,
    String kind,
    String name,
    String uid,
    State state,
    String reason,
    String text,
    Instant created,
    Reference owner) {

  /** From bad to good. */
  public enum State {
    /** An owner has fewer pods than it wants, and its tap is why. */
    REFUSED,
    /** It should have a tap, and a new pod in its place would get one. */
    MISSING,
    /** A tap is asked for in a way that cannot be. */
    MISTAKE,
    /** It has a tap, which does not work. */
    BROKEN,
    /** Something cannot be told. */
    UNKNOWN,
    /** Its tap works and is not the one that a new pod would get. */
    OUTDATED,
    /** Nothing is wrong yet. */
    NOTE,
    /** A tap is asked for, and there can be none. */
    IMPOSSIBLE,
    /** Somebody said no. */
    OPTED_OUT;

    /** Returns the stable word: {@code opted-out}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns whether something is to be done about it. */
    public boolean isBad() {
      return this == REFUSED || this == MISSING || this == MISTAKE || this == BROKEN;
    }
  }

  static Finding ofPod(Map<String, @Nullable Object> pod, State state, String reason, String text) {
    return new Finding(
        Tree.text(pod, "metadata", "namespace"),
        "Pod",
        Tree.text(pod, "metadata", "name"),
        Tree.text(pod, "metadata", "uid"),
        state,
        reason,
        text,
        Cause.time(Tree.text(pod, "metadata", "creationTimestamp")).orElse(Instant.EPOCH),
        Reference.of(pod));
  }

  public static Finding tooLarge(Map<String, @Nullable Object> pod) {
    return ofPod(pod, State.UNKNOWN, "too-large", "the pod is too large to be checked");
  }

  /** Returns what an event about it needs to know. */
  public Map<String, String> involved() {
    return Map.of(
        "apiVersion", kind.equals("Pod") ? "v1" : "apps/v1",
        "kind", kind,
        "namespace", namespace,
        "name", name,
        "uid", uid);
  }
}
