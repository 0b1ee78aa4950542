/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import io.podtap.tap.option.TapOption;
import io.podtap.tap.option.TapOptionValues;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code podtap tap} that can change while it runs. Each other option needs sockets,
 * memory or threads that are made at the start, and a change of it is reported to take effect at
 * the next start.
 */
public enum LiveOption {
  FILTER(TapOption.FILTER),
  DIRECTION(TapOption.DIRECTION),
  SNAPLEN(TapOption.SNAPLEN),
  BUDGET_MBPS(TapOption.BUDGET_MBPS),
  FLOW_CUTOFF(TapOption.FLOW_CUTOFF),
  HEADERS_ONLY(TapOption.HEADERS_ONLY),
  SEND(TapOption.SEND);

  private static final Map<String, LiveOption> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(LiveOption::option, Function.identity()));

  private final TapOption declaration;

  LiveOption(TapOption declaration) {
    this.declaration = declaration;
  }

  /** Returns what declares it. */
  TapOption declaration() {
    return declaration;
  }

  /** Returns the option without dashes, which also is the annotation without its prefix. */
  public String option() {
    return declaration.option();
  }

  /** Returns the option of that name, or null when there is none that can change. */
  public static @Nullable LiveOption find(String name) {
    return BY_NAME.get(name);
  }

  /** Returns the values of all these options, as a command line would give them. */
  public static Map<LiveOption, String> written(TapOptionValues options) {
    Map<LiveOption, String> values = new EnumMap<>(LiveOption.class);
    for (LiveOption option : values()) {
      values.put(option, options.written(option.declaration));
    }
    return values;
  }
}
