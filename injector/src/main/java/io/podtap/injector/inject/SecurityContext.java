/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.Tree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tap's security context. All of it is set, since a pod's own defaults may be stricter than a
 * tap can live with. AppArmor and SELinux are set where the pod says something of them, and only
 * there: a kubelet refuses a pod that asks for AppArmor on a node without it.
 *
 * @see "Kubernetes API, SecurityContext v1 core; Pod Security Standards, baseline"
 */
final class SecurityContext {

  private static final String APP_ARMOR = "appArmorProfile";
  private static final String SELINUX = "seLinuxOptions";

  private SecurityContext() {}

  /**
   * @param pod whose defaults would reach the tap
   */
  static Map<String, @Nullable Object> of(Map<String, @Nullable Object> pod, PodSecurity security) {
    Map<String, @Nullable Object> context = new LinkedHashMap<>();
    context.put("allowPrivilegeEscalation", false);
    Object defaults = Tree.at(pod, "spec", "securityContext");
    if (Tree.text(defaults, APP_ARMOR, "type").equals("Localhost") && !isAnnotated(pod)) {
      context.put(APP_ARMOR, Map.of("type", "RuntimeDefault"));
    }
    Map<String, @Nullable Object> capabilities = new LinkedHashMap<>();
    new TreeMap<>(security.capabilities()).forEach(capabilities::put);
    context.put("capabilities", capabilities);
    context.put("privileged", false);
    context.put("readOnlyRootFilesystem", true);
    context.put("runAsGroup", 0L);
    context.put("runAsNonRoot", false);
    context.put("runAsUser", 0L);
    if (!Tree.map(Tree.at(defaults, SELINUX)).isEmpty()) {
      context.put(SELINUX, containerLabel(Tree.text(defaults, SELINUX, "level")));
    }
    context.put("seccompProfile", Map.of("type", "RuntimeDefault"));
    return context;
  }

  /** The API server wants the annotation of a container to say the same as its field. */
  private static boolean isAnnotated(Map<String, @Nullable Object> pod) {
    return Tree.map(Tree.at(pod, "metadata", "annotations"))
        .containsKey("container.apparmor.security.beta.kubernetes.io/" + WellKnownNames.CONTAINER);
  }

  /** The runtime's usual type. The level stays: by it containers of a pod share their volumes. */
  private static Map<String, @Nullable Object> containerLabel(String level) {
    Map<String, @Nullable Object> label = new LinkedHashMap<>();
    if (!level.isEmpty()) {
      label.put("level", level);
    }
    label.put("type", "container_t");
    return label;
  }
}
