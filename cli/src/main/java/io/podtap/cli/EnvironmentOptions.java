/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import io.podtap.core.config.SettingsException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options from the environment: {@code --count-json} is {@code PODTAP_COUNT_JSON}; {@code SENSOR},
 * {@code INTERFACE} and {@code VNI} are read too, as users of the reference sidecar set them. The
 * command line wins over {@code PODTAP_}, which wins over the bare names.
 */
final class EnvironmentOptions implements IDefaultValueProvider {

  private static final String PREFIX = "PODTAP_";
  private static final Set<String> BARE_NAMES = Set.of("SENSOR", "INTERFACE", "VNI");

  /** Read by the launcher script, not by a program. */
  private static final Set<String> LAUNCHER_NAMES =
      Set.of("PODTAP_JAVA_HOME", "PODTAP_JAVA_OPTIONS");

  private final Map<String, String> environment;

  EnvironmentOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    String name = bareName(option);
    String value = environment.get(PREFIX + name);
    if (value == null && BARE_NAMES.contains(name)) {
      value = environment.get(name);
    }
    return value;
  }

  /** Returns the variables' values by option, without the dashes. */
  Map<String, String> values() {
    Map<String, String> values = new HashMap<>();
    for (String name : variables()) {
      values.put(option(name.substring(PREFIX.length())), environment.get(name));
    }
    for (String name : BARE_NAMES) {
      String value = environment.get(name);
      if (value != null) {
        values.putIfAbsent(option(name), value);
      }
    }
    return values;
  }

  private static String option(String bareName) {
    return bareName.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns whether there is a variable that no program of {@code line} has. */
  boolean hasUnknown(CommandLine line) {
    return !unknown(line).isEmpty();
  }

  /**
   * Refuses a variable that no program has.
   *
   * @throws SettingsException naming every such variable
   */
  void refuseUnknown(CommandLine line) {
    Set<String> unknown = unknown(line);
    if (!unknown.isEmpty()) {
      throw new SettingsException("unknown variable " + String.join(", ", unknown));
    }
  }

  /** Returns the names of the variables that are meant for a program. */
  private Set<String> variables() {
    Set<String> variables = new TreeSet<>();
    for (String name : environment.keySet()) {
      if (name.startsWith(PREFIX) && !LAUNCHER_NAMES.contains(name) && !isServiceLink(name)) {
        variables.add(name);
      }
    }
    return variables;
  }

  private Set<String> unknown(CommandLine line) {
    Set<String> unknown = variables();
    if (!unknown.isEmpty()) {
      for (CommandLine command : line.getSubcommands().values()) {
        for (OptionSpec option : command.getCommandSpec().options()) {
          unknown.remove(PREFIX + bareName(option));
        }
      }
    }
    return unknown;
  }

  /**
   * Kubernetes tells every pod of the services beside it: one named podtap-sensor is {@code
   * PODTAP_SENSOR_SERVICE_HOST}, {@code PODTAP_SENSOR_PORT} and more.
   */
  private boolean isServiceLink(String name) {
    for (String word : List.of("_SERVICE_HOST", "_SERVICE_PORT", "_PORT")) {
      int end = name.indexOf(word);
      if (end > 0 && environment.containsKey(name.substring(0, end) + "_SERVICE_HOST")) {
        return true;
      }
    }
    return false;
  }

  private static String bareName(OptionSpec option) {
    String longest = option.longestName();
    return longest.replaceFirst("^-+", "").replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
