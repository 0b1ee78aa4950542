/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** Which pods get taps, as options of every program that looks at a whole cluster. */
final class ChoiceOptions {

  /** A cluster that cannot start these cannot be repaired. */
  private static final Set<String> SYSTEM_NAMESPACES =
      Set.of("kube-system", "kube-public", "kube-node-lease");

  @Option(
      names = "--default",
      paramLabel = "no|yes",
      description =
          "Whether pods get a tap if neither pod nor namespace is labelled (default:"
              + " ${DEFAULT-VALUE}).")
  private String byDefault = "no";

  @Option(
      names = "--exclude-namespaces",
      paramLabel = "NAME[,NAME]",
      description = "Namespaces without taps, beside kube-system, kube-public, kube-node-lease.")
  private String excluded = "";

  @Option(
      names = "--configuration",
      paramLabel = "NAME",
      description = "The webhook's MutatingWebhookConfiguration (default: ${DEFAULT-VALUE}).")
  private String configuration = "podtap-webhook";

  boolean isChosenByDefault() {
    return !TapOptions.choice("default", byDefault, "no", "yes");
  }

  String configuration() {
    return configuration;
  }

  Set<String> excludedNamespaces() {
    Set<String> all = new TreeSet<>(SYSTEM_NAMESPACES);
    for (String name : excluded.split(",", -1)) {
      if (!name.isBlank()) {
        all.add(name.strip());
      }
    }
    return all;
  }
}
