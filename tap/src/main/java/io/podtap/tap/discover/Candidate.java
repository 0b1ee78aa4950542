/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.config.Endpoint;
import java.util.List;

/**
 * One sensor that is ready.
 *
 * @param id tells sensors apart; the same in the slices of both families of one service
 * @param endpoints where it listens, the cluster's preferred family first
 * @param node where it runs, empty when unknown
 */
record Candidate(String id, List<Endpoint> endpoints, String node) {
  Candidate {
    endpoints = List.copyOf(endpoints);
  }
}
