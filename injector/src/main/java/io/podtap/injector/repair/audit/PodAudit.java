/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.inject.EphemeralTap;
import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.NamespaceContext;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.tree.Tree;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of pods whether their tap is missing, with the injector itself: what it would do to a pod is
 * what should have been done.
 *
 * @param excludedNamespaces namespaces without taps, whatever is asked for
 * @param isChosenByDefault whether pods get a tap of which neither label nor namespace speak
 * @param imageNow the image of a new pod's tap, or an empty text when it is not known
 */
public record PodAudit(
    TapTemplate template,
    Set<String> excludedNamespaces,
    boolean isChosenByDefault,
    String imageNow) {

  /** Pods to which nobody owes a tap. */
  private static final Set<Reason> NO_TAP_EXPECTED =
      Set.of(Reason.NOT_CHOSEN, Reason.SYSTEM_NAMESPACE);

  /** Pods that have a tap. */
  private static final Set<Reason> TAPPED = Set.of(Reason.ALREADY_INJECTED, Reason.OWN_TAP);

  /**
   * Judges one pod.
   *
   * @return nothing when all is well, or the pod has ended or is about to
   */
  public Optional<Finding> of(
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespace,
      Cause.Webhook webhook,
      Instant now) {
    String phase = Tree.text(pod, "status", "phase");
    boolean isOver =
        phase.equals("Succeeded")
            || phase.equals("Failed")
            || !Tree.text(pod, "metadata", "deletionTimestamp").isEmpty();
    if (isOver || excludedNamespaces.contains(Tree.text(pod, "metadata", "namespace"))) {
      return Optional.empty();
    }
    Outcome outcome = outcome(pod, namespace);
    boolean isInjected =
        outcome instanceof Outcome.Unchanged unchanged && TAPPED.contains(unchanged.reason());
    if (!isInjected && !EphemeralTap.runningTap(pod).isEmpty()) {
      return Optional.empty(); // attached, or written by hand
    }
    return switch (outcome) {
      case Outcome.Changed _ -> {
        Cause cause = Cause.of(pod, namespace, webhook);
        yield Optional.of(Finding.ofPod(pod, Finding.State.MISSING, cause.word(), cause.text()));
      }
      case Outcome.Unchanged unchanged when NO_TAP_EXPECTED.contains(unchanged.reason()) ->
          Optional.empty();
      case Outcome.Unchanged unchanged when TAPPED.contains(unchanged.reason()) ->
          TapHealth.of(pod, imageNow, now);
      case Outcome.Unchanged unchanged ->
          Optional.of(
              Finding.ofPod(
                  pod, state(unchanged.reason()), unchanged.reason().word(), unchanged.text()));
    };
  }

  private static Finding.State state(Reason reason) {
    if (reason == Reason.OPTED_OUT) {
      return Finding.State.OPTED_OUT;
    }
    return reason.isMistake() || reason == Reason.EPHEMERAL_TAP
        ? Finding.State.MISTAKE
        : Finding.State.IMPOSSIBLE;
  }

  /** Returns the same, with the image of a new pod's tap. */
  PodAudit withImageNow(String image) {
    return new PodAudit(template, excludedNamespaces, isChosenByDefault, image);
  }

  /** Returns whether a new pod of a template would get a tap. */
  boolean injects(
      String name,
      Map<String, @Nullable Object> template,
      Map<String, @Nullable Object> namespace) {
    return !excludedNamespaces.contains(name)
        && outcome(template, namespace) instanceof Outcome.Changed;
  }

  private Outcome outcome(
      Map<String, @Nullable Object> pod, Map<String, @Nullable Object> namespace) {
    return Injection.inject(
        pod,
        new NamespaceContext(Tree.map(Tree.at(namespace, "metadata", "labels")), isChosenByDefault),
        template);
  }
}
