/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tap for a pod that runs, as an ephemeral container: the same tap with the same rights as an
 * injected one. Ephemeral containers have no resources of their own, end with their pod and cannot
 * be taken out.
 *
 * @see "Kubernetes documentation, Ephemeral Containers"
 */
public final class EphemeralTap {

  /** What the container does. */
  public enum Purpose {
    /** Mirrors to a sensor until the pod ends. */
    MIRROR,
    /** Waits while captures are run in it, and ends with its standard input. */
    CAPTURE
  }

  private static final String LIST = "ephemeralContainers";
  private static final String CAPTURE_NAME = WellKnownNames.CONTAINER + "-capture";
  private static final String TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

  /** The program that ends with its standard input, and when nobody takes hold of it. */
  private static final String HOLD = "hold";

  private EphemeralTap() {}

  /**
   * Adds the container, as the last of the pod's ephemeral ones.
   *
   * @param pod as the API server has it, with its status
   * @param target name of the container whose processes the tap sees, or an empty text
   */
  public static Outcome attach(
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespaceLabels,
      TapTemplate template,
      String target,
      Purpose purpose) {
    try {
      return attached(pod, namespaceLabels, template, target, purpose);
    } catch (InjectException e) {
      return e.outcome();
    }
  }

  private static Outcome attached(
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> namespaceLabels,
      TapTemplate template,
      String target,
      Purpose purpose)
      throws InjectException {
    InjectionChoice.require(namespaceLabels, Tree.map(Tree.at(pod, "metadata", "labels")), true);
    requireRunning(pod, target);
    PodSecurity security = PodSecurity.of(namespaceLabels, template.leastSecurity());
    Preconditions.requireLinuxPodOfItsOwn(pod, security);
    if (purpose == Purpose.MIRROR) {
      requireNoTap(pod, template);
    }
    // Its end is no harm to the pod, and tells whoever attaches it what is wrong.
    TapTemplate tap = template.with(Map.of("on-failure", "exit"), false, template.resources());
    if (purpose == Purpose.CAPTURE) {
      tap = tap.withTlsSecret(""); // it sends nothing
    }
    requireCertificate(pod, tap);
    List<String> notes = notes(security);
    tap = PortMentions.fit(pod, tap, notes);
    Map<String, @Nullable Object> container =
        TapContainer.of(pod, tap, security, TapContainer.workload(pod), /* hasResources= */ false);
    container.put("name", freeName(pod, purpose));
    if (purpose == Purpose.CAPTURE) {
      container.put("args", List.of(HOLD)); // of the image's own entry point, which needs no shell
      container.put("stdin", true);
      container.put("stdinOnce", true);
    } else {
      giveToken(pod, template, container);
    }
    if (!target.isEmpty()) {
      container.put("targetContainerName", target);
    }
    Map<String, @Nullable Object> changed = Tree.copyMap(pod);
    Map<String, @Nullable Object> spec = Tree.child(changed, "spec");
    List<@Nullable Object> containers = new ArrayList<>(Tree.list(spec.get(LIST)));
    containers.add(container);
    spec.put(LIST, containers);
    return new Outcome.Changed(changed, notes);
  }

  private static List<String> notes(PodSecurity security) {
    List<String> notes = new ArrayList<>();
    if (security == PodSecurity.BASELINE) {
      notes.add(PodSecurity.BASELINE_NOTE);
    }
    return notes;
  }

  private static void requireRunning(Map<String, @Nullable Object> pod, String target)
      throws InjectException {
    String phase = Tree.text(pod, "status", "phase");
    if (!Tree.text(pod, "metadata", "deletionTimestamp").isEmpty()) {
      throw new InjectException(Reason.NOT_RUNNING, "it is being deleted");
    }
    if (!phase.equals("Running")) {
      throw new InjectException(
          Reason.NOT_RUNNING, "its phase is " + (phase.isEmpty() ? "not known" : phase));
    }
    List<String> names =
        Tree.list(Tree.at(pod, "spec", "containers")).stream()
            .map(container -> Tree.text(container, "name"))
            .toList();
    if (!target.isEmpty() && !names.contains(target)) {
      throw new InjectException(
          Reason.NO_CONTAINER, "it has no container '" + target + "', only " + names);
    }
  }

  private static void requireNoTap(Map<String, @Nullable Object> pod, TapTemplate template)
      throws InjectException {
    Preconditions.requireNoOwnTap(pod, template);
    String running = runningTap(pod);
    if (running.isEmpty()) {
      return;
    }
    throw new InjectException(
        isEphemeral(pod, running) ? Reason.EPHEMERAL_TAP : Reason.ALREADY_INJECTED,
        "its container " + running + " is a tap and runs");
  }

  private static boolean isEphemeral(Map<String, @Nullable Object> pod, String name) {
    return Tree.list(Tree.at(pod, "spec", LIST)).stream()
        .anyMatch(container -> Tree.text(container, "name").equals(name));
  }

  /** Returns the name of the pod's container that mirrors and runs, or an empty text. */
  public static String runningTap(Map<String, @Nullable Object> pod) {
    for (String list :
        List.of("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")) {
      for (Object status : Tree.list(Tree.at(pod, "status", list))) {
        String name = Tree.text(status, "name");
        if (isTapName(name) && Tree.at(status, "state", "running") != null) {
          return name;
        }
      }
    }
    return "";
  }

  private static boolean isTapName(String name) {
    return name.matches(WellKnownNames.CONTAINER + "(-[0-9]+)?");
  }

  /** Names of ephemeral containers stay taken when these have ended. */
  private static String freeName(Map<String, @Nullable Object> pod, Purpose purpose) {
    Set<String> taken = new HashSet<>();
    for (String list : List.of("initContainers", "containers", LIST)) {
      Tree.list(Tree.at(pod, "spec", list))
          .forEach(container -> taken.add(Tree.text(container, "name")));
    }
    String first = purpose == Purpose.CAPTURE ? CAPTURE_NAME : WellKnownNames.CONTAINER;
    String name = first;
    for (int i = 2; taken.contains(name); i++) {
      name = first + '-' + i;
    }
    return name;
  }

  /** An ephemeral container has of its pod's volumes what it asks for, and brings none. */
  private static void requireCertificate(Map<String, @Nullable Object> pod, TapTemplate tap)
      throws InjectException {
    if (tap.isEncrypted() && !TapContainer.hasCertificateVolume(Tree.map(pod.get("spec")))) {
      throw new InjectException(
          Reason.NO_CERTIFICATE,
          "a pod that runs can be given no Secret, and it has no volume "
              + WellKnownNames.TLS_VOLUME);
    }
  }

  /** What the API server mounts into ordinary containers, where the tap asks it for sensors. */
  private static void giveToken(
      Map<String, @Nullable Object> pod,
      TapTemplate template,
      Map<String, @Nullable Object> container)
      throws InjectException {
    if (!Preconditions.asksApi(template)) {
      return;
    }
    for (Object one : Tree.list(Tree.at(pod, "spec", "containers"))) {
      for (Object mount : Tree.list(Tree.at(one, "volumeMounts"))) {
        if (Tree.text(mount, "mountPath").equals(TOKEN_FOLDER)) {
          List<@Nullable Object> mounts = new ArrayList<>(Tree.list(container.get("volumeMounts")));
          mounts.add(TapContainer.mount(Tree.text(mount, "name"), TOKEN_FOLDER));
          container.put("volumeMounts", mounts);
          return;
        }
      }
    }
    throw new InjectException(
        Reason.NO_TOKEN,
        "the sensor is found through the API, and the pod has no token: use dns: or addresses");
  }
}
