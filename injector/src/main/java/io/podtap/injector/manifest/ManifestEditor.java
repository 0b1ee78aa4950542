/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of the workloads that pass in a stream. One thread. */
public interface ManifestEditor {

  /**
   * A list or a text where an object of Kubernetes has to be: kubectl rejects it.
   *
   * @param place file and line
   * @param isItem whether it is an item of a List, otherwise a whole document
   */
  record NotAnObject(String place, boolean isList, boolean isItem) {}

  /** Takes a namespace of the stream. */
  void namespace(String name, Map<String, @Nullable Object> labels);

  /** Returns the pod that takes the place of a workload's, or null when it stays. */
  @Nullable Map<String, @Nullable Object> edit(Workload workload);

  /**
   * Learns what came of a pod that {@link #edit} returned.
   *
   * @param obstacle why the text cannot be changed, or an empty text
   */
  void edited(Workload workload, String obstacle);

  /** Takes what makes pods in a way that is not known; it stays as it is. */
  void unknown(UnknownWorkload workload);

  /** Takes what should make pods and has no pod template; it stays as it is. */
  void missing(MissingPod missing);

  /** Takes what should be an object and is not; it stays as it is. */
  void notAnObject(NotAnObject problem);

  /** Takes a line for a person. */
  void note(String text);

  /** Learns that all that this editor has been told of so far is written. */
  void written();
}
