/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.segment;

import io.podtap.core.config.SettingsException;

/**
 * How packets are cut.
 *
 * @param snaplen bytes of each packet that are mirrored at most, link-layer header included, after
 *     cutting
 */
public record SegmentSettings(int snaplen) {

  /** Keeps every packet whole. */
  public static final int SNAPLEN_MAX = 262_144;

  /** Keeps Ethernet, IP and the fixed TCP header. */
  public static final int SNAPLEN_MIN = 64;

  public static final SegmentSettings DEFAULT = new SegmentSettings(SNAPLEN_MAX);

  public SegmentSettings {
    if (snaplen < SNAPLEN_MIN || snaplen > SNAPLEN_MAX) {
      throw new SettingsException(
          "snaplen " + snaplen + " is out of range " + SNAPLEN_MIN + " to " + SNAPLEN_MAX);
    }
  }
}
