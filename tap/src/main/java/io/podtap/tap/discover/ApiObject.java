/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import java.util.List;

/**
 * What is read of one object of the API.
 *
 * @param name {@code metadata.name}
 * @param resourceVersion {@code metadata.resourceVersion}
 * @param ready the sensors in it, none when it is not ready or goes away
 * @param code of a {@code Status}, 0 for other objects
 * @param message of a {@code Status}
 */
record ApiObject(
    String name, String resourceVersion, List<Candidate> ready, int code, String message) {
  static final ApiObject NONE = new ApiObject("", "", List.of(), 0, "");
}
