/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.List;

/**
 * A sum that holds among values of a group: {@code total = part + part + ...}.
 *
 * @param what the total, for people: {@code frames seen}
 * @param total key in the count document
 * @param parts keys in the count document; what is counted by name counts with its sum
 */
public record Account(String what, String total, List<String> parts) {

  public Account {
    parts = List.copyOf(parts);
  }

  @Override
  public String toString() {
    return total + " = " + String.join(" + ", parts);
  }
}
