/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.config.SettingsException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log folder as a user writes it: {@code {pod}}, {@code {node}} and {@code {hostname}} in it
 * give sensors that share a volume a folder each.
 */
final class LogFolder {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)\\}");

  private static final Map<String, String> VARIABLES =
      Map.of("pod", "POD_NAME", "node", "NODE_NAME", "hostname", "HOSTNAME");

  private LogFolder() {}

  /**
   * Puts in the values.
   *
   * @param environment of the process
   * @throws SettingsException when a placeholder is unknown, its variable is not set, or its value
   *     would lead to another folder
   */
  static String resolve(String folder, Map<String, String> environment) {
    Matcher found = PLACEHOLDER.matcher(folder);
    StringBuilder resolved = new StringBuilder();
    while (found.find()) {
      String variable = VARIABLES.get(found.group(1));
      if (variable == null) {
        throw new SettingsException(
            "log folder '"
                + folder
                + "' has an unknown placeholder "
                + found.group()
                + "; available: {pod}, {node} and {hostname}");
      }
      String value = environment.getOrDefault(variable, "");
      if (value.isEmpty()) {
        throw new SettingsException(
            "log folder '" + folder + "' needs the environment variable " + variable);
      }
      if (value.contains("/") || value.startsWith(".")) {
        throw new SettingsException(
            "environment variable " + variable + " is '" + value + "', which is not a folder name");
      }
      found.appendReplacement(resolved, Matcher.quoteReplacement(value));
    }
    return found.appendTail(resolved).toString();
  }
}
