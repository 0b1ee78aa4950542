/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.attach;

import io.podtap.injector.tree.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the kubelet says of an ephemeral container.
 *
 * @param text its reason and message, or an empty text
 */
record ContainerState(boolean isRunning, boolean hasEnded, String text) {

  static final ContainerState WAITING = new ContainerState(false, false, "");

  static ContainerState of(Map<String, @Nullable Object> pod, String container) {
    for (Object status : Tree.list(Tree.at(pod, "status", "ephemeralContainerStatuses"))) {
      if (Tree.text(status, "name").equals(container)) {
        return state(Tree.map(Tree.at(status, "state")));
      }
    }
    return WAITING;
  }

  private static ContainerState state(Map<String, @Nullable Object> state) {
    if (state.get("terminated") != null) {
      String code = Tree.text(state, "terminated", "exitCode");
      return new ContainerState(
          false, true, ("exit code " + code + ' ' + said(state, "terminated")).strip());
    }
    return new ContainerState(state.get("running") != null, false, said(state, "waiting"));
  }

  private static String said(Map<String, @Nullable Object> state, String kind) {
    String reason = Tree.text(state, kind, "reason");
    String message = Tree.text(state, kind, "message").strip().replaceAll("\\s+", " ");
    return reason.isEmpty() || message.isEmpty() ? reason + message : reason + ": " + message;
  }
}
