/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.injector.inject.WellKnownNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the path of a request says of the pod's namespace. A review does not have the namespace's
 * labels; the selectors of the webhook's configuration do, so each set of them calls a path of its
 * own, and the webhook needs no access to the API for it.
 *
 * <p>{@code /inject}, then in any order {@code /enabled} (the namespace asks for taps), {@code
 * /privileged}, {@code /baseline} or {@code /restricted} (what PodSecurity enforces there by the
 * namespace's label).
 */
final class NamespaceFacts {

  static final String PATH = "/inject";

  private NamespaceFacts() {}

  /** Returns the namespace's labels as far as the path knows them, or nothing for another path. */
  static Optional<Map<String, @Nullable Object>> parse(String path) {
    if (!path.equals(PATH) && !path.startsWith(PATH + '/')) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> labels = new HashMap<>();
    for (String word : List.of(path.substring(PATH.length()).split("/", -1))) {
      switch (word) {
        case "" -> {}
        case "enabled" -> labels.put(WellKnownNames.INJECT, word);
        case "privileged", "baseline", "restricted" ->
            labels.put(WellKnownNames.POD_SECURITY, word);
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(labels);
  }
}
