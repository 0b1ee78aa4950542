/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.config.SettingsException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * Which labels of its pod a tap reports. The values are in the environment, in a variable for each
 * label by its place in the list ({@link #variable}), which the downward API sets.
 *
 * @param keys in the order in which they are reported, each once
 * @see "Kubernetes, Labels and Selectors: syntax and character set"
 */
public record ReportLabels(List<String> keys) {

  /** None. */
  public static final ReportLabels NONE = new ReportLabels(List.of());

  private static final int KEYS_MAX = 16;

  /** Bytes of all labels in a report; those that do not fit are left out and counted. */
  private static final int TEXT_BYTES_MAX = 320;

  private static final int PREFIX_LENGTH_MAX = 253;
  private static final Pattern KEY =
      Pattern.compile(
          "([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern VALUE =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  /**
   * What a pod's labels are reported as.
   *
   * @param text {@code KEY=VALUE}, separated by commas
   * @param omitted labels that did not fit or are invalid
   */
  record Reported(String text, int omitted) {}

  /**
   * @throws SettingsException when a key is invalid or there are too many
   */
  public ReportLabels {
    keys = List.copyOf(new LinkedHashSet<>(keys));
    if (keys.size() > KEYS_MAX) {
      throw new SettingsException("report-labels: more than " + KEYS_MAX);
    }
    for (String key : keys) {
      if (!KEY.matcher(key).matches() || key.indexOf('/') > PREFIX_LENGTH_MAX) {
        throw new SettingsException("report-labels: invalid key of a label '" + key + "'");
      }
    }
  }

  /**
   * Reads keys that are separated by commas; an empty text means none.
   *
   * @throws SettingsException when a key is invalid or there are too many
   */
  public static ReportLabels parse(String list) {
    return list.isBlank()
        ? NONE
        : new ReportLabels(Arrays.stream(list.split(",", -1)).map(String::strip).toList());
  }

  /** Returns the name of the variable that has the value of a label, by its place from 0. */
  public static String variable(int index) {
    return "POD_LABEL_" + (index + 1);
  }

  /** Reads the values; a label that the pod does not have is not reported. */
  Reported read(Map<String, String> environment) {
    StringJoiner text = new StringJoiner(",");
    int omitted = 0;
    for (int i = 0; i < keys.size(); i++) {
      String value = environment.getOrDefault(variable(i), "").strip();
      if (value.isEmpty()) {
        continue;
      }
      String label = keys.get(i) + '=' + value;
      int before = text.length() == 0 ? 0 : text.length() + 1;
      if (VALUE.matcher(value).matches() && before + label.length() <= TEXT_BYTES_MAX) {
        text.add(label);
      } else {
        omitted++;
      }
    }
    return new Reported(text.toString(), omitted);
  }
}
