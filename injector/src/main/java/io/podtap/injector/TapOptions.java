/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.inject.InjectedOption;
import io.podtap.injector.inject.PodSecurity;
import io.podtap.injector.inject.Resources;
import io.podtap.injector.inject.TapTemplate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * The tap that pods get, as options of every program that injects. {@link DeclaredTapOptions} adds
 * those of {@link InjectedOption}.
 */
final class TapOptions {

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "The tap's container image (default: ${DEFAULT-VALUE}).")
  private String image = "podtap:0.2.0-SNAPSHOT";

  @Option(
      names = "--image-pull-policy",
      paramLabel = "Always|IfNotPresent|Never",
      description = "When the image is pulled (default: Kubernetes' own).")
  private String pullPolicy = "";

  @Option(
      names = "--mode",
      paramLabel = "sidecar|container",
      description =
          "A native sidecar, Kubernetes 1.29 and newer, or an ordinary container (default:"
              + " ${DEFAULT-VALUE}).")
  private String mode = "sidecar";

  @Option(
      names = "--startup-delay",
      paramLabel = "SECONDS",
      description =
          "How long other containers wait for a native sidecar to start, so that their first"
              + " packets are mirrored; Kubernetes 1.30 and newer, 0 for an older one (default:"
              + " ${DEFAULT-VALUE}).")
  private int headStartSeconds = 1;

  @Option(
      names = "--tls-secret",
      paramLabel = "NAME",
      description =
          "Send over TLS, with tls.crt, tls.key and ca.crt of this Secret in the pod's namespace"
              + " (default: a tunnel in clear).")
  private String tlsSecret = "";

  @Option(
      names = "--cpu",
      paramLabel = "QUANTITY",
      description = "CPU that a tap requests (default: 50m).")
  private String cpu = "";

  @Option(
      names = "--memory",
      paramLabel = "QUANTITY",
      description = "Memory that a tap requests (default: 64Mi).")
  private String memory = "";

  @Option(
      names = "--cpu-limit",
      paramLabel = "QUANTITY",
      description = "CPU that a tap may use (default: 250m).")
  private String cpuLimit = "";

  @Option(
      names = "--memory-limit",
      paramLabel = "QUANTITY",
      description = "Memory that a tap may use (default: 256Mi).")
  private String memoryLimit = "";

  @Option(
      names = "--pod-security",
      paramLabel = "auto|privileged|baseline|restricted",
      description =
          "PodSecurity level of namespaces whose label is unknown, as in the API server's"
              + " configuration. baseline never adds NET_RAW, restricted injects no taps there,"
              + " auto and privileged add NET_RAW (default: ${DEFAULT-VALUE}).")
  private String podSecurity = "auto";

  @Option(
      names = "--image-pull-secret",
      paramLabel = "NAME",
      split = ",",
      description =
          "Secrets in each pod's namespace with which the tap's image is pulled, beside those that"
              + " the pod has.")
  private List<String> imagePullSecrets = new ArrayList<>();

  private final Map<InjectedOption, String> options = new EnumMap<>(InjectedOption.class);

  /** Every option of the tap has its default. */
  TapOptions() {
    for (InjectedOption option : InjectedOption.values()) {
      options.put(option, option.initial());
    }
  }

  /** Sets an option of the tap; an empty text for one that is left to the tap. */
  void set(InjectedOption option, String value) {
    options.put(option, value);
  }

  /** Returns what the options say, checked. */
  TapTemplate template() {
    Map<String, String> given = new LinkedHashMap<>();
    options.forEach((option, value) -> putGiven(given, option.option(), value));
    return new TapTemplate(
        image,
        pullPolicy(),
        choice("mode", mode, "sidecar", "container"),
        headStartSeconds,
        given,
        tlsSecret,
        resources(),
        podSecurity(),
        imagePullSecrets);
  }

  private Resources resources() {
    Map<String, String> given = new LinkedHashMap<>();
    putGiven(given, "cpu", cpu);
    putGiven(given, "memory", memory);
    putGiven(given, "cpu-limit", cpuLimit);
    putGiven(given, "memory-limit", memoryLimit);
    return Resources.usual(given);
  }

  private static void putGiven(Map<String, String> options, String name, String value) {
    if (!value.isEmpty()) {
      options.put(name, value);
    }
  }

  private PodSecurity podSecurity() {
    return switch (podSecurity) {
      case "auto", "privileged" -> PodSecurity.PRIVILEGED;
      case "baseline" -> PodSecurity.BASELINE;
      case "restricted" -> PodSecurity.RESTRICTED;
      default ->
          throw new SettingsException(
              "pod-security '" + podSecurity + "' is not auto, privileged, baseline or restricted");
    };
  }

  private String pullPolicy() {
    return switch (pullPolicy) {
      case "", "Always", "IfNotPresent", "Never" -> pullPolicy;
      default ->
          throw new SettingsException(
              "image-pull-policy '" + pullPolicy + "' is not Always, IfNotPresent or Never");
    };
  }

  /** Returns true for the first and false for the second choice. */
  static boolean choice(String option, String value, String first, String second) {
    if (!value.equals(first) && !value.equals(second)) {
      throw new SettingsException(
          option + " '" + value + "' is neither " + first + " nor " + second);
    }
    return value.equals(first);
  }
}
