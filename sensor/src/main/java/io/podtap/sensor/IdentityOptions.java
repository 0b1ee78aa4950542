/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.config.SettingsException;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.sensor.identity.source.IdentitySettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command that writes logs with the owners of addresses. */
final class IdentityOptions {

  @Option(
      names = "--identities",
      paramLabel = "FILE",
      description =
          "Name the owners of addresses by this identity.log of an earlier time; repeatable, in the"
              + " order of their times.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--identity-logs",
      defaultValue = "all",
      paramLabel = "all|LOG,...",
      description = "Logs that name the owners of addresses (default: ${DEFAULT-VALUE}).")
  private String logs = "all";

  /** Returns the settings of a command that asks nobody. */
  IdentitySettings settings() {
    return settings(
        IdentitySettings.Mode.NONE,
        List.of(),
        /* hasEndpoints= */ false,
        IdentitySettings.NONE.account());
  }

  /** Returns the settings of a command that asks. */
  IdentitySettings settings(
      IdentitySettings.Mode mode,
      List<String> namespaces,
      boolean hasEndpoints,
      ServiceAccount account) {
    return new IdentitySettings(mode, namespaces, hasEndpoints, files, logs(), account);
  }

  private Set<String> logs() {
    return logs.equals("all") ? Set.of() : new LinkedHashSet<>(words(logs, "--identity-logs"));
  }

  /** Returns the words of a list with commas. */
  static List<String> words(String list, String option) {
    List<String> words = Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    if (words.stream().anyMatch(String::isEmpty)) {
      throw new SettingsException(option + " '" + list + "' has an empty element");
    }
    return words;
  }

  /** Returns the mode that a user calls {@code api}, {@code reports} or {@code none}. */
  static IdentitySettings.Mode mode(@Nullable String name) {
    return switch (name) {
      case "api" -> IdentitySettings.Mode.API;
      case "reports" -> IdentitySettings.Mode.REPORTS;
      case "none" -> IdentitySettings.Mode.NONE;
      case null, default ->
          throw new SettingsException(
              "invalid identity '" + name + "': expected api, reports or none");
    };
  }
}
