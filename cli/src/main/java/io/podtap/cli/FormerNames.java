/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Options that were renamed, under the names that they had: replaced before anything else reads
 * them, with a line on standard error. docs/stability.md says for how long.
 */
final class FormerNames {

  private static final String DASHES = "--";
  private static final String PREFIX = "PODTAP_";

  private static final Map<String, String> NAMES =
      new TreeMap<>(Map.of("end-with-input", "exit-on-stdin-eof", "head-start", "startup-delay"));

  private FormerNames() {}

  /** Returns the arguments with present names. Those behind {@code --} are left alone. */
  static String[] inArguments(String... arguments) {
    String[] present = arguments.clone();
    boolean quiet = isCaptureOfAttach(arguments);
    for (int i = 1; i < present.length && !present[i].equals(DASHES); i++) {
      String argument = present[i];
      int end = argument.indexOf('=');
      String option = end < 0 ? argument : argument.substring(0, end);
      String name = option.startsWith(DASHES) ? NAMES.get(option.substring(DASHES.length())) : null;
      if (name != null) {
        present[i] = DASHES + name + argument.substring(option.length());
        if (!quiet) {
          warn(option, DASHES + name);
        }
      }
    }
    return present;
  }

  /**
   * Returns the environment with present names. Where both are set the present one is taken.
   *
   * @param environment not changed
   */
  static Map<String, String> inEnvironment(Map<String, String> environment) {
    Map<String, String> present = environment;
    for (Map.Entry<String, String> name : NAMES.entrySet()) {
      String former = variable(name.getKey());
      String value = environment.get(former);
      if (value != null) {
        if (present.equals(environment)) {
          present = new HashMap<>(environment);
        }
        present.remove(former);
        present.putIfAbsent(variable(name.getValue()), value);
        warn(former, variable(name.getValue()));
      }
    }
    return present;
  }

  /**
   * Returns whether {@code podtap attach} has started this: of another version perhaps, and its
   * user has not chosen the options.
   */
  private static boolean isCaptureOfAttach(String... arguments) {
    for (int i = 1; i + 1 < arguments.length; i++) {
      if (arguments[i].equals("--write") && arguments[i + 1].equals("-")) {
        return true;
      }
    }
    return false;
  }

  private static String variable(String option) {
    return PREFIX + option.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private static void warn(String former, String present) {
    System.err.println("podtap: " + former + " is deprecated, use " + present);
  }
}
