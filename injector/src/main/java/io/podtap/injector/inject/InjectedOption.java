/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.core.config.SettingsException;
import io.podtap.tap.option.TapOption;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code podtap tap} that are, each under its own name, an annotation of a pod, an
 * option of every program that injects, and a value of the chart, in the order in which an injected
 * tap has them. The tap declares them, and its parser says what is valid; stated here is what
 * differs for an injected tap.
 */
public enum InjectedOption {
  SENSOR(
      TapOption.SENSOR,
      "dns:podtap-sensor.podtap.svc.cluster.local.",
      "Where taps send to, as podtap tap takes it (default: ${DEFAULT-VALUE})."),
  INTERFACE(TapOption.INTERFACE, "eth0", "Interfaces of the pod (default: ${DEFAULT-VALUE})."),
  VNI(
      TapOption.VNI,
      "42",
      "Network identifier, decimal or 0x hexadecimal (default: ${DEFAULT-VALUE})."),
  FILTER(TapOption.FILTER),
  SNAPLEN(TapOption.SNAPLEN),
  ENCAPSULATION(TapOption.ENCAPSULATION),
  SENSOR_NAME(
      TapOption.SENSOR_NAME,
      "",
      "With TLS: what the sensor's certificate must name (default: the host of dns:HOST)."),
  REPORT_LABELS(
      TapOption.REPORT_LABELS,
      "",
      "Labels of each pod that its tap reports to sensors (default: none)."),
  SEND(TapOption.SEND),
  BUDGET_MBPS(TapOption.BUDGET_MBPS),
  FLOW_CUTOFF(TapOption.FLOW_CUTOFF),
  HEADERS_ONLY(TapOption.HEADERS_ONLY),
  LANES(TapOption.LANES),
  TRANSPORT(
      TapOption.TRANSPORT,
      "",
      "Tunnel of datagrams, or pcapng over TLS (default: tls where there is --tls-secret)."),
  METRICS(
      TapOption.METRICS,
      "",
      "HTTP port at which taps serve /metrics, /live and /ready, 0 for none; none in pods that name"
          + " the port anywhere (default: 0)."),
  DIRECTION(TapOption.DIRECTION);

  /** The value of {@link #METRICS} where it is not given: no port is certain to be free. */
  static final String NO_METRICS = "0";

  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  private static final Map<String, InjectedOption> BY_ANNOTATION =
      Stream.of(values())
          .collect(Collectors.toMap(InjectedOption::annotation, Function.identity()));

  private final TapOption declaration;
  private final String initial;
  private final String description;

  InjectedOption(TapOption declaration) {
    this(declaration, "", "");
  }

  /**
   * @param initial the value unless another is given; empty for none, which leaves it to the tap
   * @param description the help of programs that inject; empty for that of the tap
   */
  InjectedOption(TapOption declaration, String initial, String description) {
    this.declaration = declaration;
    this.initial = initial;
    this.description = description;
  }

  /** Returns the tap's option without dashes. */
  public String option() {
    return declaration.option();
  }

  /** Returns the annotation without its prefix. */
  String annotation() {
    return this == INTERFACE ? "interfaces" : option();
  }

  /** Returns the option of programs that inject, where {@code --metrics} may be their own. */
  public String programOption() {
    return this == METRICS ? "--tap-metrics" : "--" + option();
  }

  /** Returns what stands for the value in the help. */
  public String label() {
    return declaration.label();
  }

  /** Returns the value of an injected tap unless another is given; empty for none. */
  public String initial() {
    return initial;
  }

  /** Returns the lines of the help of programs that inject. */
  public List<String> description() {
    return description.isEmpty() ? declaration.help() : List.of(description);
  }

  /** Returns the option of that annotation, without its prefix, or null when there is none. */
  static @Nullable InjectedOption annotated(String annotation) {
    return BY_ANNOTATION.get(annotation);
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
