/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code podtap tap} that can change while it runs. Every other one needs sockets,
 * memory or threads that are made at the start, and is told to be of the next start.
 */
public enum LiveOption {
  FILTER,
  DIRECTION,
  SNAPLEN,
  BUDGET_MBPS,
  FLOW_CUTOFF,
  HEADERS_ONLY,
  SEND;

  private static final Map<String, LiveOption> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(LiveOption::option, Function.identity()));

  /** Returns the option without dashes, which also is the annotation without its prefix. */
  public String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the option of that name, or null when there is none that can change. */
  public static @Nullable LiveOption find(String name) {
    return BY_NAME.get(name);
  }
}
