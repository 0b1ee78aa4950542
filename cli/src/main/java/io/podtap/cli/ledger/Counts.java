/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import java.util.Map;
import java.util.TreeMap;

/** Named counts that add up; one that was never named is zero. */
final class Counts {

  private final Map<String, Long> counts = new TreeMap<>();

  void add(String name, long count) {
    counts.merge(name, count, Long::sum);
  }

  void add(Counts others) {
    others.counts.forEach(this::add);
  }

  long get(String name) {
    return counts.getOrDefault(name, 0L);
  }

  boolean has(String name) {
    return counts.containsKey(name);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
