/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.tree.Tree;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a pod that should have got a tap has none. The words are stable: scripts use them. */
public enum Cause {
  /** There is no MutatingWebhookConfiguration. */
  NO_WEBHOOK("the cluster has no webhook configuration: a new pod will get no tap either"),
  BEFORE_WEBHOOK("it is older than the webhook"),
  BEFORE_LABEL("it is older than the label that asks for a tap"),
  /** Called or not, the webhook gave no answer in time, and the pod was let through. */
  WEBHOOK_UNAVAILABLE("the webhook did not answer when it was created"),
  /** The webhook's configuration may not be read. */
  UNKNOWN("why is not known: the webhook's configuration may not be read");

  private final String text;

  Cause(String text) {
    this.text = text;
  }

  /** Returns the stable word: {@code before-label}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns it in words for a person, without a full stop. */
  public String text() {
    return text;
  }

  /** Returns whether a new pod in its place would get a tap. */
  public boolean isPast() {
    return this != NO_WEBHOOK && this != UNKNOWN;
  }

  /** What is known of the webhook's configuration. */
  public sealed interface Webhook {

    /** It is there since. */
    record Since(Instant created) implements Webhook {}

    /** It is not there. */
    record Absent() implements Webhook {}

    /** It may not be read. */
    record Hidden() implements Webhook {}
  }

  /**
   * Says why.
   *
   * @param pod with its {@code managedFields}, which say when a label was last written by whom
   * @param namespace the pod's, likewise
   */
  public static Cause of(
      Map<String, @Nullable Object> pod, Map<String, @Nullable Object> namespace, Webhook webhook) {
    Instant created = time(Tree.text(pod, "metadata", "creationTimestamp")).orElse(Instant.MAX);
    return switch (webhook) {
      case Webhook.Hidden _ -> isBeforeLabel(created, pod, namespace) ? BEFORE_LABEL : UNKNOWN;
      case Webhook.Absent _ -> NO_WEBHOOK;
      case Webhook.Since since when created.isBefore(since.created()) -> BEFORE_WEBHOOK;
      case Webhook.Since _ ->
          isBeforeLabel(created, pod, namespace) ? BEFORE_LABEL : WEBHOOK_UNAVAILABLE;
    };
  }

  private static boolean isBeforeLabel(
      Instant created, Map<String, @Nullable Object> pod, Map<String, @Nullable Object> namespace) {
    return wroteLabel(pod).or(() -> wroteLabel(namespace)).filter(created::isBefore).isPresent();
  }

  /** Returns when the label's writer last wrote the object: the label is at most that young. */
  private static Optional<Instant> wroteLabel(Map<String, @Nullable Object> object) {
    for (Object entry : Tree.list(Tree.at(object, "metadata", "managedFields"))) {
      Object labels = Tree.at(entry, "fieldsV1", "f:metadata", "f:labels");
      if (Tree.map(labels).containsKey("f:" + WellKnownNames.INJECT)) {
        return time(Tree.text(entry, "time"));
      }
    }
    return Optional.empty();
  }

  public static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
