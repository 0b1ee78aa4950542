/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.shed;

import io.podtap.core.config.SettingsException;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is left out.
 *
 * @param budgetMbps megabits of frames a second that may be sent; 0 for no limit
 * @param flowCutoffBytes bytes of a flow, both directions, after which its headers alone are sent;
 *     0 for all
 * @param headersOnlyPorts TCP and UDP ports of which headers alone are sent
 */
public record ShedSettings(long budgetMbps, long flowCutoffBytes, Set<Integer> headersOnlyPorts) {

  public static final ShedSettings NONE = new ShedSettings(0, 0, Set.of());

  private static final long BUDGET_MBPS_MAX = 1_000_000;
  private static final int PORT_MAX = 65_535;

  public ShedSettings {
    headersOnlyPorts = Set.copyOf(headersOnlyPorts);
    if (budgetMbps < 0 || budgetMbps > BUDGET_MBPS_MAX) {
      throw new SettingsException(
          "budget-mbps " + budgetMbps + " is out of range 0 to " + BUDGET_MBPS_MAX);
    }
    if (flowCutoffBytes < 0) {
      throw new SettingsException("flow-cutoff " + flowCutoffBytes + " is less than 0");
    }
  }

  /**
   * Reads ports and ranges of ports.
   *
   * @param text such as {@code 443,8000-8010}; empty for none
   */
  public static Set<Integer> parsePorts(String text) {
    Set<Integer> ports = new TreeSet<>();
    for (String one : text.isBlank() ? new String[0] : text.split(",", -1)) {
      String[] ends = one.strip().split("-", 2);
      int first = parsePort(text, ends[0]);
      int last = parsePort(text, ends[ends.length - 1]);
      for (int port = first; port <= last; port++) {
        ports.add(port);
      }
    }
    return ports;
  }

  private static int parsePort(String text, String digits) {
    try {
      int port = Integer.parseInt(digits.strip());
      if (port >= 0 && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new SettingsException(
          "headers-only '" + text + "' is not a list of ports and ranges", e);
    }
    throw new SettingsException("headers-only '" + text + "' has a port out of range 0 to 65535");
  }

  /** Returns whether nothing is ever left out. */
  public boolean isOff() {
    return budgetMbps == 0 && flowCutoffBytes == 0 && headersOnlyPorts.isEmpty();
  }
}
