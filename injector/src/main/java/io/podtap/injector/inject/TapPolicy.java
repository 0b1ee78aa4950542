/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.core.config.SettingsException;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an injected tap sends, how, and where it can be asked: the options of {@code podtap tap}
 * that are, each under its own name, an annotation of a pod, an option of every program that
 * injects, and a value of the chart. The tap's own parser says what is valid.
 */
public enum TapPolicy {
  SEND,
  BUDGET_MBPS,
  FLOW_CUTOFF,
  HEADERS_ONLY,
  LANES,
  TRANSPORT("Tunnel of datagrams, or pcapng over TLS (default: tls where there is --tls-secret)."),
  METRICS(
      "HTTP port at which taps serve /metrics, /live and /ready, 0 for none; none in pods that name"
          + " the port anywhere (default: 0)."),
  DIRECTION;

  /** What metrics are told to be when nobody asks for them: no port is certain to be free. */
  static final String NO_METRICS = "0";

  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  private static final Map<String, TapPolicy> BY_OPTION =
      Stream.of(values()).collect(Collectors.toMap(TapPolicy::option, Function.identity()));

  private final String description;

  TapPolicy() {
    this("");
  }

  TapPolicy(String description) {
    this.description = description;
  }

  /** Returns the tap's option without dashes, which also is the annotation without its prefix. */
  public String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the option of programs that inject, where {@code --metrics} may be their own. */
  public String programOption() {
    return this == METRICS ? "--tap-metrics" : "--" + option();
  }

  /** Returns what the option of programs that inject is, or an empty text: what the tap's is. */
  public String description() {
    return description;
  }

  static boolean isOption(String name) {
    return BY_OPTION.containsKey(name);
  }

  /**
   * Returns the port at which a tap with these options serves its metrics, 0 for none.
   *
   * @throws SettingsException when it is not a decimal number
   */
  static int metricsPort(Map<String, String> options) {
    String port = options.getOrDefault(METRICS.option(), NO_METRICS);
    if (!PORT.matcher(port).matches()) {
      throw new SettingsException("metrics '" + port + "' is not a port, nor 0");
    }
    return Integer.parseInt(port);
  }
}
