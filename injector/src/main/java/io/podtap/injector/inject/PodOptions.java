/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's annotations {@code podtap.io/*} say of its tap. A wrong one is refused, never
 * guessed at.
 */
final class PodOptions {

  /** Annotations, and what {@code podtap tap} calls them, beside those of {@link TapPolicy}. */
  private static final Map<String, String> TAP_OPTIONS =
      Map.of(
          "sensor", "sensor",
          "interfaces", "interface",
          "vni", "vni",
          "filter", "filter",
          "snaplen", "snaplen",
          "encapsulation", "encapsulation",
          "sensor-name", "sensor-name",
          TapTemplate.REPORT_LABELS, TapTemplate.REPORT_LABELS);

  private static final String STARTUP_DELAY = "startup-delay";

  /** Understood until 0.3: docs/stability.md. */
  private static final String FORMER_STARTUP_DELAY = "head-start";

  /** Said of a pod for which {@link #hasFormerNames} is true. */
  static final String FORMER_NAMES_NOTE =
      WellKnownNames.PREFIX
          + FORMER_STARTUP_DELAY
          + " is deprecated, use "
          + WellKnownNames.PREFIX
          + STARTUP_DELAY;

  private static final Set<String> OWN =
      Set.of(
          "mode",
          STARTUP_DELAY,
          FORMER_STARTUP_DELAY,
          "tls-secret",
          "image-pull-secrets",
          "cpu",
          "memory",
          "cpu-limit",
          "memory-limit",
          "injected");

  private PodOptions() {}

  /** Returns the tap that this pod gets. */
  static TapTemplate apply(TapTemplate template, Map<String, @Nullable Object> annotations)
      throws InjectException {
    Map<String, String> options = new TreeMap<>();
    Map<String, String> own = new TreeMap<>();
    for (Map.Entry<String, @Nullable Object> annotation : annotations.entrySet()) {
      if (annotation.getKey().startsWith(WellKnownNames.PREFIX)) {
        String name = annotation.getKey().substring(WellKnownNames.PREFIX.length());
        if (!(annotation.getValue() instanceof String value)) {
          throw bad(name, "is " + annotation.getValue() + ", not a text: put it in quotes");
        }
        sort(name, value, options, own);
      }
    }
    try {
      String secret = own.get("tls-secret");
      TapTemplate base = secret == null ? template : template.withTlsSecret(secret);
      return base.with(
              options, isSidecar(template, own.get("mode")), template.resources().with(own))
          .withHeadStart(startupDelay(template, own))
          .withImagePullSecrets(
              own.containsKey("image-pull-secrets")
                  ? list(own.getOrDefault("image-pull-secrets", ""))
                  : template.imagePullSecrets());
    } catch (SettingsException e) {
      throw new InjectException(Reason.BAD_ANNOTATION, String.valueOf(e.getMessage()));
    }
  }

  private static void sort(
      String name, String value, Map<String, String> options, Map<String, String> own)
      throws InjectException {
    String option = TapPolicy.isOption(name) ? name : TAP_OPTIONS.get(name);
    if (option != null) {
      options.put(option, value);
    } else if (OWN.contains(name)) {
      own.put(name, value);
    } else if (name.equals("inject")) {
      throw bad(name, "is a label, not an annotation");
    } else {
      throw bad(name, "is not known");
    }
  }

  private static List<String> list(String names) {
    return Stream.of(names.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static boolean isSidecar(TapTemplate template, @Nullable String mode)
      throws InjectException {
    return switch (mode) {
      case null -> template.isSidecar();
      case "sidecar" -> true;
      case "container" -> false;
      default -> throw bad("mode", "is '" + mode + "', not sidecar or container");
    };
  }

  private static int startupDelay(TapTemplate template, Map<String, String> own)
      throws InjectException {
    String name = own.containsKey(STARTUP_DELAY) ? STARTUP_DELAY : FORMER_STARTUP_DELAY;
    String seconds = own.get(name);
    try {
      return seconds == null ? template.headStartSeconds() : Integer.parseInt(seconds);
    } catch (NumberFormatException e) {
      throw bad(name, "is '" + seconds + "', not a number of seconds");
    }
  }

  /** Returns whether the pod uses a name that an annotation had before. */
  static boolean hasFormerNames(Map<String, @Nullable Object> pod) {
    return Tree.map(Tree.at(pod, InjectionRecord.METADATA, InjectionRecord.ANNOTATIONS))
        .containsKey(WellKnownNames.PREFIX + FORMER_STARTUP_DELAY);
  }

  /** Returns whether the pod says anything of resources itself. */
  static boolean hasResources(Map<String, @Nullable Object> annotations) {
    return annotations.keySet().stream()
        .anyMatch(name -> name.matches("podtap\\.io/(cpu|memory)(-limit)?"));
  }

  private static InjectException bad(String name, String what) {
    return new InjectException(Reason.BAD_ANNOTATION, WellKnownNames.PREFIX + name + ' ' + what);
  }
}
