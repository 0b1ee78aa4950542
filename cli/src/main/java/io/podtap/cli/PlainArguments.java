/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Options of the kind that sidecars are started with, {@code --name value} or {@code --name=value},
 * each once. Anything else is for picocli, whose words users know.
 */
final class PlainArguments {

  private static final String DASHES = "--";

  private PlainArguments() {}

  /**
   * Returns the options' values by name, without the dashes, the environment's among them.
   *
   * @param arguments the program's name and its options
   * @return nothing when picocli has to look at them
   */
  static Optional<Map<String, String>> parse(EnvironmentOptions environment, String... arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 1; i < arguments.length; i++) {
      String argument = arguments[i];
      if (!argument.startsWith(DASHES)) {
        return Optional.empty();
      }
      int end = argument.indexOf('=');
      String name = argument.substring(DASHES.length(), end < 0 ? argument.length() : end);
      String value;
      if (end >= 0) {
        value = argument.substring(end + 1);
      } else if (i + 1 < arguments.length) {
        i++;
        value = arguments[i];
      } else {
        return Optional.empty();
      }
      if (given.put(name, value) != null) {
        return Optional.empty();
      }
    }
    Map<String, String> values = environment.values();
    values.putAll(given);
    return values.values().stream().allMatch(PlainArguments::isPlain)
        ? Optional.of(values)
        : Optional.empty();
  }

  /** What looks like an option is none's value, and variables in it are filled in. */
  private static boolean isPlain(String value) {
    return (!value.startsWith("-") || value.equals("-")) && value.indexOf('$') < 0;
  }
}
