/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.injector.repair.audit.Finding;
import java.util.List;
import java.util.Set;

/**
 * What is known of all pods at one moment.
 *
 * @param findings pods without a tap, and taps that do not work
 * @param unpullableImages images of taps that a node cannot have
 * @param runningImages images of taps that run somewhere
 */
record Sight(List<Finding> findings, Set<String> unpullableImages, Set<String> runningImages) {

  Sight {
    findings = List.copyOf(findings);
    unpullableImages = Set.copyOf(unpullableImages);
    runningImages = Set.copyOf(runningImages);
  }
}
