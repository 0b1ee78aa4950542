/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.inject.limits.NamespaceLimits;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the place where a pod is to run.
 *
 * @param namespaceLabels labels of its namespace, as far as they are known
 * @param isChosenByDefault whether a tap is wanted where neither namespace nor pod say anything
 * @param limits what its namespace lets pods use
 */
public record NamespaceContext(
    Map<String, @Nullable Object> namespaceLabels,
    boolean isChosenByDefault,
    NamespaceLimits limits) {

  /** A place of whose limits nothing is known. */
  public NamespaceContext(
      Map<String, @Nullable Object> namespaceLabels, boolean isChosenByDefault) {
    this(namespaceLabels, isChosenByDefault, NamespaceLimits.NONE);
  }
}
