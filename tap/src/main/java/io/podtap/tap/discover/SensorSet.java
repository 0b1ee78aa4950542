/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.config.Endpoint;
import java.util.List;

/**
 * The sensors that packets go to.
 *
 * @param endpoints where they listen
 * @param isElsewhere whether all of them are known to run on other nodes than the tap
 */
public record SensorSet(List<Endpoint> endpoints, boolean isElsewhere) {

  public SensorSet {
    endpoints = List.copyOf(endpoints);
  }
}
