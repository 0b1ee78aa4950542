/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.config.SettingsException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The values of one detection's options. */
public final class DetectionValues {

  /** A group of hosts as seen from the site. */
  public enum Hosts {
    LOCAL,
    REMOTE,
    ALL,
    NONE
  }

  private static final double NS_PER_SECOND = 1e9;

  private final Map<String, List<String>> values = new HashMap<>();

  /**
   * @param given values by option, of any detection
   * @throws SettingsException when a value is invalid
   */
  DetectionValues(DetectionKind kind, Map<String, List<String>> given) {
    for (DetectionOption option : kind.options()) {
      List<String> value = given.get(option.name());
      values.put(option.name(), value == null ? elements(option, option.defaultValue()) : value);
      check(option);
    }
  }

  private static List<String> elements(DetectionOption option, String text) {
    return option.type() == DetectionOption.Type.TEXTS ? elements(text) : List.of(text);
  }

  /** Returns texts that are separated by commas. */
  static List<String> elements(String text) {
    List<String> all = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == ',') {
        if (i > from) {
          all.add(text.substring(from, i).strip());
        }
        from = i + 1;
      }
    }
    return all;
  }

  private void check(DetectionOption option) {
    switch (option.type()) {
      case COUNT -> count(option.name());
      case SECONDS -> ns(option.name());
      case SHARE -> share(option.name());
      case TRUTH -> isTrue(option.name());
      case HOSTS -> hosts(option.name());
      case TEXT, TEXTS -> {}
    }
  }

  private String single(String option) {
    List<String> all = texts(option);
    if (all.size() != 1) {
      throw new SettingsException("option " + option + " takes one value");
    }
    return all.getFirst();
  }

  private static SettingsException invalid(String option, String value, Exception cause) {
    return new SettingsException("invalid value '" + value + "' of option " + option, cause);
  }

  /** Returns a number. */
  public long count(String option) {
    String value = single(option);
    try {
      long count = Long.parseLong(value);
      if (count < 0) {
        throw new SettingsException("option " + option + " is below 0");
      }
      return count;
    } catch (NumberFormatException e) {
      throw invalid(option, value, e);
    }
  }

  /** Returns a length of time, nanoseconds. */
  public long ns(String option) {
    String value = single(option);
    try {
      return (long) (Double.parseDouble(value) * NS_PER_SECOND);
    } catch (NumberFormatException e) {
      throw invalid(option, value, e);
    }
  }

  /** Returns a number from 0 to 1. */
  public double share(String option) {
    String value = single(option);
    try {
      double share = Double.parseDouble(value);
      if (!(share >= 0 && share <= 1)) {
        throw new SettingsException("option " + option + " is not between 0 and 1");
      }
      return share;
    } catch (NumberFormatException e) {
      throw invalid(option, value, e);
    }
  }

  /** Returns a truth value. */
  public boolean isTrue(String option) {
    String value = single(option);
    if (!value.equals("true") && !value.equals("false")) {
      throw new SettingsException("option " + option + " is neither true nor false");
    }
    return value.equals("true");
  }

  /** Returns a group of hosts. */
  public Hosts hosts(String option) {
    String value = single(option);
    try {
      return Hosts.valueOf(value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw invalid(option, value, e);
    }
  }

  /** Returns a text. */
  public String text(String option) {
    return single(option);
  }

  /** Returns a list of texts. */
  public List<String> texts(String option) {
    List<String> value = values.get(option);
    if (value == null) {
      throw new IllegalArgumentException("option " + option + " is not declared");
    }
    return value;
  }
}
