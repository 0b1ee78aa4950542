/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.Direction;
import io.podtap.tap.option.TapOption;
import io.podtap.tap.option.TapOptionValues;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.shed.ShedSettings;
import java.util.Locale;
import java.util.Map;

/**
 * What can change while a tap runs.
 *
 * @param filter in tcpdump's language, empty for none
 * @param direction what is taken of each interface but {@code lo}
 * @param segment how much of each packet is kept
 * @param shed what is left out
 * @param send how datagrams leave
 */
public record PolicySettings(
    String filter, Direction direction, SegmentSettings segment, ShedSettings shed, SendMode send) {

  /**
   * Returns what options say. The filter's language is not checked.
   *
   * @throws SettingsException when a value is out of range or unknown
   */
  public static PolicySettings of(TapOptionValues options) {
    return new PolicySettings(
        options.text(TapOption.FILTER),
        Direction.valueOf(options.choice(TapOption.DIRECTION).toUpperCase(Locale.ROOT)),
        new SegmentSettings(options.integer(TapOption.SNAPLEN)),
        new ShedSettings(
            options.number(TapOption.BUDGET_MBPS),
            options.number(TapOption.FLOW_CUTOFF),
            ShedSettings.parsePorts(options.text(TapOption.HEADERS_ONLY))),
        SendMode.valueOf(options.choice(TapOption.SEND).toUpperCase(Locale.ROOT)));
  }

  /**
   * Returns what texts say, the rest at its defaults.
   *
   * @throws SettingsException when a value is not a number, out of range or unknown
   */
  static PolicySettings of(Map<LiveOption, String> values) {
    TapOptionValues options = new TapOptionValues();
    for (Map.Entry<LiveOption, String> one : values.entrySet()) {
      try {
        options.parse(one.getKey().declaration(), one.getValue());
      } catch (NumberFormatException e) {
        throw new SettingsException(
            one.getKey().option() + " '" + one.getValue() + "' is not a number", e);
      }
    }
    return of(options);
  }
}
