/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.Tree;
import io.podtap.tap.discover.SensorTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pods in which a tap would do harm or nothing. */
final class Preconditions {

  private Preconditions() {}

  /** Refuses new pods that no tap belongs in, whatever it is told. */
  static void requireNone(Map<String, @Nullable Object> pod, PodSecurity security)
      throws InjectException {
    requireLinuxPodOfItsOwn(pod, security);
    for (Object container : Tree.list(Tree.at(pod, "spec", "ephemeralContainers"))) {
      if (Tree.text(container, "name").equals(WellKnownNames.CONTAINER)) {
        throw new InjectException(
            Reason.EPHEMERAL_TAP, "a tap was attached while it ran; a new pod can be injected");
      }
    }
  }

  /** Refuses pods whose traffic cannot be tapped, or is not theirs alone. */
  static void requireLinuxPodOfItsOwn(Map<String, @Nullable Object> pod, PodSecurity security)
      throws InjectException {
    Object spec = pod.get("spec");
    if (isTrue(Tree.at(spec, "hostNetwork"))) {
      throw new InjectException(
          Reason.HOST_NETWORK, "with hostNetwork it would mirror all traffic of the node");
    }
    String windows = OperatingSystem.whyWindows(spec);
    if (!windows.isEmpty()) {
      throw new InjectException(Reason.WINDOWS, windows);
    }
    if (isStatic(pod)) {
      throw new InjectException(
          Reason.STATIC_POD, "the kubelet runs it from a file of the node: inject that file");
    }
    if (security == PodSecurity.RESTRICTED) {
      throw new InjectException(
          Reason.RESTRICTED_NAMESPACE,
          "PodSecurity forbids NET_RAW here; a tap needs "
              + WellKnownNames.POD_SECURITY
              + "=baseline");
    }
  }

  private static boolean isTrue(@Nullable Object value) {
    return Boolean.TRUE.equals(value);
  }

  private static boolean isStatic(Map<String, @Nullable Object> pod) {
    Object annotations = Tree.at(pod, "metadata", "annotations");
    String source = Tree.text(annotations, "kubernetes.io/config.source");
    return Tree.map(annotations).containsKey("kubernetes.io/config.mirror")
        || (!source.isEmpty() && !source.equals("api"));
  }

  /** Refuses a pod that has a tap under another name. */
  static void requireNoOwnTap(Map<String, @Nullable Object> pod, TapTemplate tap)
      throws InjectException {
    String repository = TapTemplate.repository(tap.image());
    for (String list : List.of("initContainers", "containers")) {
      for (Object container : Tree.list(Tree.at(pod, "spec", list))) {
        String name = Tree.text(container, "name");
        if (!name.equals(WellKnownNames.CONTAINER)
            && TapTemplate.repository(Tree.text(container, "image")).equals(repository)) {
          throw new InjectException(Reason.OWN_TAP, "its container " + name + " is a tap");
        }
      }
    }
  }

  /** Refuses what this tap cannot do in this pod. */
  static void requireFitting(Map<String, @Nullable Object> pod, TapTemplate tap)
      throws InjectException {
    Object spec = pod.get("spec");
    if (asksApi(tap) && Boolean.FALSE.equals(Tree.at(spec, "automountServiceAccountToken"))) {
      throw new InjectException(
          Reason.NO_TOKEN,
          "sensor "
              + sensor(tap)
              + " is found through the API, and automountServiceAccountToken is"
              + " false: use dns: or addresses");
    }
    String restart = Tree.text(spec, "restartPolicy");
    if (!tap.isSidecar() && (restart.equals("Never") || restart.equals("OnFailure"))) {
      throw new InjectException(
          Reason.WOULD_NOT_END,
          "restartPolicy "
              + restart
              + " and a tap as ordinary container, which never ends: use"
              + " the sidecar");
    }
  }

  /** Returns whether the tap finds its sensors through the API server. */
  static boolean asksApi(TapTemplate tap) {
    Optional<SensorTarget> target = SensorTarget.parse(sensor(tap), "");
    return target.isPresent() && !(target.get() instanceof SensorTarget.Name);
  }

  private static String sensor(TapTemplate tap) {
    return tap.options().getOrDefault("sensor", "");
  }
}
