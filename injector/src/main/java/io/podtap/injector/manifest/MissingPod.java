/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object of a kind that makes pods, without a pod template in its place.
 *
 * @param label such as {@code deployment/shop}
 * @param path where the template should be: {@code spec/template}
 * @param isGivenPath whether the user has given the path
 * @param advice what to give instead, to be appended to a message, or an empty text
 */
public record MissingPod(String label, String path, boolean isGivenPath, String advice) {

  /**
   * @param elsewhere the pod that the object has at another place
   */
  static MissingPod of(
      Map<String, @Nullable Object> object,
      WorkloadKind kind,
      Optional<UnknownWorkload> elsewhere) {
    return new MissingPod(
        Workload.label(object, kind.kind()),
        kind.path().isEmpty() ? "its top" : String.join("/", kind.path()),
        kind.isGiven(),
        elsewhere.map(UnknownWorkload::advice).orElse(""));
  }
}
