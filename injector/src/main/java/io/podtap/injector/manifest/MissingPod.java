/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of a kind that makes pods, without a pod template.
 *
 * @param label such as {@code deployment/shop}
 * @param path where the template should be: {@code spec/template}
 * @param isGivenPath whether the user has given the path
 */
public record MissingPod(String label, String path, boolean isGivenPath) {

  static MissingPod of(Map<String, @Nullable Object> object, WorkloadKind kind) {
    return new MissingPod(
        Workload.label(object, kind.kind()), String.join("/", kind.path()), kind.isGiven());
  }
}
