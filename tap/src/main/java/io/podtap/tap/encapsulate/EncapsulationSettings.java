/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.encapsulate;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Vxlan;

/**
 * Which tunnel.
 *
 * @param encapsulation the format
 * @param vni the network identifier, 0 to 16,777,215
 */
public record EncapsulationSettings(Encapsulation encapsulation, int vni) {

  public EncapsulationSettings {
    if (vni < 0 || vni > Vxlan.VNI_MAX) {
      throw new SettingsException("VNI " + vni + " is out of range 0 to " + Vxlan.VNI_MAX);
    }
  }

  /**
   * Reads a network identifier: decimal, or hexadecimal behind {@code 0x}.
   *
   * @throws SettingsException when the text is no number or out of range
   */
  public static int parseVni(String text) {
    String digits = text.strip();
    boolean hexadecimal = digits.startsWith("0x") || digits.startsWith("0X");
    try {
      long vni = hexadecimal ? Long.parseLong(digits.substring(2), 16) : Long.parseLong(digits);
      if (vni >= 0 && vni <= Vxlan.VNI_MAX) {
        return (int) vni;
      }
    } catch (NumberFormatException e) {
      throw new SettingsException(
          "VNI '" + text + "' is not a number, decimal or hexadecimal behind 0x", e);
    }
    throw new SettingsException("VNI " + text + " is out of range 0 to " + Vxlan.VNI_MAX);
  }
}
