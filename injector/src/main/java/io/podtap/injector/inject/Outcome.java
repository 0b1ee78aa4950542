/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of a pod. */
public sealed interface Outcome {

  /**
   * Another pod.
   *
   * @param notes what a person should know of it, one line each
   */
  record Changed(Map<String, @Nullable Object> pod, List<String> notes) implements Outcome {}

  /**
   * The same pod.
   *
   * @param text one line for a person, without a full stop
   */
  record Unchanged(Reason reason, String text) implements Outcome {}
}
