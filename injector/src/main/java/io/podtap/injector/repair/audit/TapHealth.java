/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.repair.audit.Finding.State;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the tap of a pod works, as its kubelet says it; pure. The words are stable.
 *
 * @see "Kubernetes API, ContainerStatus v1 core; k8s.io/kubernetes/pkg/kubelet/images/types.go"
 */
public final class TapHealth {

  private static final Set<String> NOT_PULLED =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable",
          "SignatureValidationFailed");

  private static final Set<String> NOT_CREATED =
      Set.of(
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError",
          "PreCreateHookError",
          "PreStartHookError",
          "PostStartHookError");

  /** A container that has waited for so long waits for something that does not come. */
  private static final Duration WAIT_MAX = Duration.ofMinutes(5);

  /** How long an end is told of after the tap was restarted. */
  private static final Duration FRESH = Duration.ofHours(1);

  private static final int TEXT_LENGTH_MAX = 200;
  private static final String DNS = "dns:";

  private TapHealth() {}

  /**
   * Judges the tap of a pod that has one.
   *
   * @param imageNow the image that a new pod's tap would have, or an empty text when it is not
   *     known
   */
  public static Optional<Finding> of(
      Map<String, @Nullable Object> pod, String imageNow, Instant now) {
    Object container = container(pod);
    Optional<Finding> broken = broken(pod, status(pod), now);
    if (broken.isPresent() || container == null) {
      return broken;
    }
    String image = Tree.text(container, "image");
    if (!imageNow.isEmpty() && !image.equals(imageNow) && !hasItsOwnImage(pod)) {
      return Optional.of(
          Finding.ofPod(
              pod, State.OUTDATED, "outdated-image", image + ": a new pod would get " + imageNow));
    }
    String host = hostOutsideOfDns(pod, container);
    return host.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Finding.ofPod(
                pod,
                State.NOTE,
                "no-cluster-dns",
                "its dnsPolicy is "
                    + Tree.text(pod, "spec", "dnsPolicy")
                    + ", and its tap looks the sensor "
                    + host
                    + " up: a resolver that does not know it leaves the tap without a sensor"));
  }

  private static Optional<Finding> broken(
      Map<String, @Nullable Object> pod, @Nullable Object status, Instant now) {
    Object waiting = Tree.at(status, "state", "waiting");
    Object last = Tree.at(status, "lastState", "terminated");
    if (waiting != null) {
      return waiting(pod, status, waiting, last, now);
    }
    Object ended = Tree.at(status, "state", "terminated");
    if (ended != null && Tree.text(pod, "status", "phase").equals("Running")) {
      return Optional.of(Finding.ofPod(pod, State.BROKEN, endWord(ended, "ended"), end(ended)));
    }
    boolean isFresh =
        last != null
            && Cause.time(Tree.text(last, "finishedAt"))
                .filter(at -> now.isBefore(at.plus(FRESH)))
                .isPresent();
    return isFresh && !Tree.text(last, "exitCode").equals("0")
        ? Optional.of(
            Finding.ofPod(
                pod,
                State.BROKEN,
                endWord(last, "restarted"),
                end(last) + "; it was restarted and runs"))
        : Optional.empty();
  }

  private static Optional<Finding> waiting(
      Map<String, @Nullable Object> pod,
      @Nullable Object status,
      Object waiting,
      @Nullable Object last,
      Instant now) {
    String why = Tree.text(waiting, "reason");
    String text = line(why + ": " + Tree.text(waiting, "message"));
    if (NOT_PULLED.contains(why)) {
      return Optional.of(
          Finding.ofPod(
              pod,
              State.BROKEN,
              "image-not-pulled",
              line(Tree.text(status, "image") + ": " + text)));
    }
    if (NOT_CREATED.contains(why)) {
      return Optional.of(Finding.ofPod(pod, State.BROKEN, "not-started", text));
    }
    if (why.equals("CrashLoopBackOff")) {
      return Optional.of(
          Finding.ofPod(
              pod,
              State.BROKEN,
              endWord(last, "crashes"),
              last == null ? text : end(last) + "; it restarts repeatedly"));
    }
    boolean isLong =
        Cause.time(Tree.text(pod, "metadata", "creationTimestamp"))
            .filter(at -> now.isAfter(at.plus(WAIT_MAX)))
            .isPresent();
    return isLong ? Optional.of(Finding.ofPod(pod, State.BROKEN, "waits", text)) : Optional.empty();
  }

  private static String endWord(@Nullable Object end, String otherwise) {
    return Tree.text(end, "reason").equals("OOMKilled") ? "out-of-memory" : otherwise;
  }

  private static String end(@Nullable Object end) {
    String message = Tree.text(end, "message").strip();
    String lastLine = message.substring(message.lastIndexOf('\n') + 1);
    String at = Tree.text(end, "finishedAt");
    return line(
        "its tap ended "
            + (at.isEmpty() ? "" : "at " + at + ' ')
            + "with exit code "
            + Tree.text(end, "exitCode")
            + (lastLine.isEmpty() ? "" : ": " + lastLine));
  }

  private static String line(String text) {
    String one = text.replaceAll("\\p{Cntrl}+", " ").strip().replaceFirst(":$", "");
    return one.substring(0, Math.min(one.length(), TEXT_LENGTH_MAX));
  }

  private static @Nullable Object container(Map<String, @Nullable Object> pod) {
    return named(Tree.at(pod, "spec", "initContainers"), Tree.at(pod, "spec", "containers"));
  }

  private static @Nullable Object status(Map<String, @Nullable Object> pod) {
    return named(
        Tree.at(pod, "status", "initContainerStatuses"),
        Tree.at(pod, "status", "containerStatuses"));
  }

  private static @Nullable Object named(@Nullable Object first, @Nullable Object second) {
    for (Object list : new @Nullable Object[] {first, second}) {
      for (Object one : Tree.list(list)) {
        if (Tree.text(one, "name").equals(WellKnownNames.CONTAINER)) {
          return one;
        }
      }
    }
    return null;
  }

  /** Returns the image of the pod's tap when its node cannot have it, or an empty text. */
  public static String unpullableImage(Map<String, @Nullable Object> pod) {
    boolean isUnpullable =
        NOT_PULLED.contains(Tree.text(status(pod), "state", "waiting", "reason"));
    return isUnpullable ? Tree.text(container(pod), "image") : "";
  }

  /** Returns the image of the pod's tap when it runs, or an empty text. */
  public static String runningImage(Map<String, @Nullable Object> pod) {
    return Tree.at(status(pod), "state", "running") == null
        ? ""
        : Tree.text(container(pod), "image");
  }

  /** The pod's own container {@code podtap} may name an image, which then is meant. */
  private static boolean hasItsOwnImage(Map<String, @Nullable Object> pod) {
    String mark = Tree.text(pod, "metadata", "annotations", WellKnownNames.INJECTED);
    try {
      String own = mark.isEmpty() ? "own" : Tree.text(JsonText.read(mark), "own", "image");
      return !own.isEmpty() && !own.equals("auto");
    } catch (JsonText.MalformedException e) {
      return true;
    }
  }

  /** Returns the name that the tap looks up where the pod has no cluster DNS, or an empty text. */
  private static String hostOutsideOfDns(Map<String, @Nullable Object> pod, Object container) {
    String policy = Tree.text(pod, "spec", "dnsPolicy");
    if (!List.of("None", "Default").contains(policy)) {
      return "";
    }
    for (Object variable : Tree.list(Tree.at(container, "env"))) {
      String value = Tree.text(variable, "value");
      if (Tree.text(variable, "name").equals("SENSOR") && value.startsWith(DNS)) {
        return value.substring(DNS.length());
      }
    }
    return "";
  }
}
