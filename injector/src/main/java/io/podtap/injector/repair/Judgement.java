package io.podtap.injector.repair;

import io.podtap.injector.inject.EphemeralTap;
import io.podtap.injector.inject.Injection;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.inject.Surroundings;
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
 */
public record Judgement(
    TapTemplate template, Set<String> excludedNamespaces, boolean isChosenByDefault) {

  /** Pods that have a tap, or to which nobody owes one. */
  private static final Set<Reason> FINE =
      Set.of(Reason.NOT_CHOSEN, Reason.ALREADY_INJECTED, Reason.OWN_TAP, Reason.SYSTEM_NAMESPACE);

  /**
   * Judges one pod.
   *
   * @return nothing when all is well, or the pod has ended or is about to
   */
  public Optional<Finding> of(
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespace,
      Cause.Webhook webhook) {
    String phase = Tree.text(pod, "status", "phase");
    boolean isOver =
        phase.equals("Succeeded")
            || phase.equals("Failed")
            || !Tree.text(pod, "metadata", "deletionTimestamp").isEmpty();
    if (isOver
        || excludedNamespaces.contains(Tree.text(pod, "metadata", "namespace"))
        || !EphemeralTap.runningTap(pod).isEmpty()) {
      return Optional.empty();
    }
    Outcome outcome =
        Injection.inject(
            pod,
            new Surroundings(Tree.map(Tree.at(namespace, "metadata", "labels")), isChosenByDefault),
            template);
    return switch (outcome) {
      case Outcome.Changed _ -> {
        Cause cause = Cause.of(pod, namespace, webhook);
        yield Optional.of(finding(pod, Finding.State.MISSING, cause.word(), cause.text()));
      }
      case Outcome.Unchanged unchanged when FINE.contains(unchanged.reason()) -> Optional.empty();
      case Outcome.Unchanged unchanged ->
          Optional.of(
              finding(pod, state(unchanged.reason()), unchanged.reason().word(), unchanged.text()));
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

  private static Finding finding(
      Map<String, @Nullable Object> pod, Finding.State state, String reason, String text) {
    return new Finding(
        Tree.text(pod, "metadata", "namespace"),
        Tree.text(pod, "metadata", "name"),
        state,
        reason,
        text,
        Cause.time(Tree.text(pod, "metadata", "creationTimestamp")).orElse(Instant.EPOCH),
        pod);
  }
}
