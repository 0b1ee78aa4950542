/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What PodSecurity lets a container do, from lenient to strict.
 *
 * @see "Kubernetes documentation, Pod Security Standards"
 */
public enum PodSecurity {
  PRIVILEGED,
  /** NET_RAW may be kept where the runtime grants it, and not added. */
  BASELINE,
  /** NET_RAW may not be there: no tap. */
  RESTRICTED;

  static final String BASELINE_NOTE =
      "baseline: NET_RAW is not added, only kept where the container runtime grants it (containerd"
          + " does, CRI-O does not)";

  /** What containerd and Docker grant beside NET_RAW. */
  private static final List<@Nullable Object> GRANTED_BY_DEFAULT =
      List.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");

  /**
   * Returns the level that a namespace enforces; a word that is none counts as the strictest, as
   * PodSecurity does.
   */
  private static PodSecurity of(Map<String, @Nullable Object> namespaceLabels) {
    return switch (Tree.text(namespaceLabels, WellKnownNames.POD_SECURITY)) {
      case "", "privileged" -> PRIVILEGED;
      case "baseline" -> BASELINE;
      default -> RESTRICTED;
    };
  }

  /**
   * Returns the level of a namespace.
   *
   * @param unlabelled the level where no label says one: what the API server's own configuration
   *     enforces; {@link #BASELINE} is also the least that is taken for a namespace labelled {@code
   *     privileged}
   */
  static PodSecurity of(Map<String, @Nullable Object> namespaceLabels, PodSecurity unlabelled) {
    boolean isLabelled = !Tree.text(namespaceLabels, WellKnownNames.POD_SECURITY).isEmpty();
    PodSecurity labelled = of(namespaceLabels);
    if (isLabelled && (labelled != PRIVILEGED || unlabelled == RESTRICTED)) {
      return labelled;
    }
    return labelled.strictest(unlabelled);
  }

  private PodSecurity strictest(PodSecurity other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** Returns a container's {@code capabilities} that leave it NET_RAW alone. */
  Map<String, @Nullable Object> capabilities() {
    return this == PRIVILEGED
        ? Map.of("add", List.of("NET_RAW"), "drop", List.of("ALL"))
        : Map.of("drop", GRANTED_BY_DEFAULT);
  }
}
