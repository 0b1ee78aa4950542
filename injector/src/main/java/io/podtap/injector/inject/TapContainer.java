/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.core.kubernetes.WorkloadName;
import io.podtap.injector.tree.Tree;
import io.podtap.tap.ReportLabels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The tap's container as Kubernetes wants it written.
 *
 * <p>No probe: a tap that is not ready must not take its pod out of service. No port, and no volume
 * but those of its certificate and of the pod's annotations, which it follows while it runs. It
 * runs as root with NET_RAW alone, because Kubernetes grants capabilities to root only (no ambient
 * ones), and privilege escalation, which file capabilities would need, is off.
 */
final class TapContainer {

  private static final String POD_FOLDER = "/etc/podtap/pod";
  private static final String ANNOTATIONS = "annotations";

  private static final Map<String, String> IDENTITY =
      identity(
          "POD_NAME", "metadata.name",
          "POD_NAMESPACE", "metadata.namespace",
          "POD_UID", "metadata.uid",
          "POD_IPS", "status.podIPs",
          "SERVICE_ACCOUNT", "spec.serviceAccountName",
          "NODE_NAME", "spec.nodeName");

  /** The image's own entry point, with the ahead-of-time cache of a tap that sends by TLS. */
  private static final List<String> ENCRYPTED_COMMAND =
      List.of("/opt/podtap/bin/java", "@/opt/podtap/tap-tls");

  private TapContainer() {}

  private static Map<String, String> identity(String... pairs) {
    Map<String, String> identity = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      identity.put(pairs[i], pairs[i + 1]);
    }
    return identity;
  }

  /**
   * @param pod that it comes into
   * @param workload who controls the pod, which its tap reports
   * @param hasResources false leaves them out, where the pod has a budget as a whole
   */
  static Map<String, @Nullable Object> of(
      Map<String, @Nullable Object> pod,
      TapTemplate tap,
      PodSecurity security,
      WorkloadName workload,
      boolean hasResources) {
    Map<String, @Nullable Object> container = new LinkedHashMap<>();
    container.put("name", WellKnownNames.CONTAINER);
    container.put("image", tap.image());
    if (!tap.pullPolicy().isEmpty()) {
      container.put("imagePullPolicy", tap.pullPolicy());
    }
    if (tap.isEncrypted()) {
      container.put("command", ENCRYPTED_COMMAND);
    }
    container.put("args", List.of("tap"));
    if (tap.isSidecar()) {
      container.put("restartPolicy", "Always");
    }
    if (tap.isSidecar() && tap.headStartSeconds() > 0) {
      container.put("lifecycle", headStart(tap.headStartSeconds()));
    }
    container.put("env", environment(pod, tap, workload));
    if (hasResources) {
      container.put("resources", tap.resources().toMap());
    }
    container.put("securityContext", SecurityContext.of(pod, security));
    container.put("terminationMessagePolicy", "FallbackToLogsOnError");
    if (tap.isEncrypted()) {
      container.put(
          "volumeMounts", List.of(mount(WellKnownNames.TLS_VOLUME, TapTemplate.TLS_FOLDER)));
    }
    return Tree.copyMap(container);
  }

  /** Returns who controls a pod, as far as it says so itself. */
  static WorkloadName workload(Map<String, @Nullable Object> pod) {
    Map<String, @Nullable Object> labels = Tree.map(Tree.at(pod, "metadata", "labels"));
    for (Object owner : Tree.list(Tree.at(pod, "metadata", "ownerReferences"))) {
      if (Boolean.TRUE.equals(Tree.at(owner, "controller"))) {
        return WorkloadName.of(
            Tree.text(owner, "kind"),
            Tree.text(owner, "name"),
            Tree.text(labels, WorkloadName.DEPLOYMENT_LABEL),
            Tree.text(labels, WorkloadName.ROLLOUT_LABEL));
      }
    }
    return WorkloadName.NONE;
  }

  /** Lets a container follow the annotations of its pod, from {@link #podVolume}. */
  static void followAnnotations(Map<String, @Nullable Object> container) {
    List<@Nullable Object> environment = new ArrayList<>(Tree.list(container.get("env")));
    environment.add(variable("PODTAP_ANNOTATIONS", POD_FOLDER + '/' + ANNOTATIONS));
    container.put("env", environment);
    List<@Nullable Object> mounts = new ArrayList<>(Tree.list(container.get("volumeMounts")));
    mounts.add(mount(WellKnownNames.POD_VOLUME, POD_FOLDER));
    container.put("volumeMounts", mounts);
  }

  /** Returns the pod's volume of its annotations, a file that the kubelet keeps up to date. */
  static Map<String, @Nullable Object> podVolume() {
    Map<String, @Nullable Object> file =
        ordered("path", ANNOTATIONS, "fieldRef", Map.of("fieldPath", "metadata.annotations"));
    return ordered(
        "name", WellKnownNames.POD_VOLUME, "downwardAPI", Map.of("items", List.of(file)));
  }

  /** Returns whether a pod has a volume of that name. */
  static boolean hasVolume(Map<String, @Nullable Object> spec, String name) {
    return Tree.list(spec.get(InjectionRecord.VOLUMES)).stream()
        .anyMatch(volume -> Tree.text(volume, "name").equals(name));
  }

  /** Returns what puts a volume of the pod into a container, to be read alone. */
  static Map<String, @Nullable Object> mount(String volume, String folder) {
    Map<String, @Nullable Object> mount = ordered("name", volume, "mountPath", folder);
    mount.put("readOnly", true);
    return mount;
  }

  /** Returns whether a pod has a volume of that name, which then is its tap's certificate. */
  static boolean hasCertificateVolume(Map<String, @Nullable Object> spec) {
    return hasVolume(spec, WellKnownNames.TLS_VOLUME);
  }

  /** Returns the pod's volume of the tap's certificate: without the Secret, the pod starts too. */
  static Map<String, @Nullable Object> certificateVolume(TapTemplate tap) {
    return ordered(
        "name",
        WellKnownNames.TLS_VOLUME,
        "secret",
        ordered("secretName", tap.tlsSecret(), "optional", true));
  }

  /**
   * A pause, which the kubelet itself makes and which cannot fail: a start-up probe would hold the
   * application back for as long as a tap is not well.
   */
  private static Map<String, @Nullable Object> headStart(long seconds) {
    return Map.of("postStart", Map.of("sleep", Map.of("seconds", seconds)));
  }

  private static List<@Nullable Object> environment(
      Map<String, @Nullable Object> pod, TapTemplate tap, WorkloadName workload) {
    List<@Nullable Object> environment = new ArrayList<>();
    // Kubernetes replaces $(NAME) in values.
    tap.variables()
        .forEach((name, value) -> environment.add(variable(name, value.replace("$(", "$$("))));
    IDENTITY.forEach((name, path) -> environment.add(field(name, path)));
    if (!workload.name().isEmpty()) {
      environment.add(variable("WORKLOAD_NAME", workload.text().replace("$(", "$$(")));
    }
    String containers = containerNames(pod);
    if (!containers.isEmpty()) {
      environment.add(variable("CONTAINER_NAMES", containers));
    }
    List<String> labels = tap.reportLabels();
    for (int i = 0; i < labels.size(); i++) {
      String field = "metadata.labels['" + labels.get(i) + "']";
      environment.add(field(ReportLabels.variable(i), field));
    }
    environment.add(variable("CONTAINER_IMAGE", tap.image()));
    return environment;
  }

  /** Returns the names of the containers that run beside the tap, as no field of the pod does. */
  private static String containerNames(Map<String, @Nullable Object> pod) {
    StringJoiner names = new StringJoiner(",");
    for (Object container : Tree.list(Tree.at(pod, "spec", "containers"))) {
      addName(names, container);
    }
    for (Object container : Tree.list(Tree.at(pod, "spec", "initContainers"))) {
      if (Tree.text(container, "restartPolicy").equals("Always")) {
        addName(names, container);
      }
    }
    return names.toString().replace("$(", "$$(");
  }

  private static void addName(StringJoiner names, @Nullable Object container) {
    String name = Tree.text(container, "name");
    if (!name.isEmpty() && !name.equals(WellKnownNames.CONTAINER)) {
      names.add(name);
    }
  }

  private static Map<String, @Nullable Object> field(String name, String path) {
    return ordered("name", name, "valueFrom", Map.of("fieldRef", Map.of("fieldPath", path)));
  }

  private static Map<String, @Nullable Object> variable(String name, String value) {
    return ordered("name", name, "value", value);
  }

  private static Map<String, @Nullable Object> ordered(
      String first, Object firstValue, String second, Object secondValue) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put(first, firstValue);
    map.put(second, secondValue);
    return map;
  }
}
