/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.config.SettingsException;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SendSettings;
import io.podtap.tap.shed.ShedSettings;
import io.podtap.tap.source.SourceSettings;
import java.util.Optional;

/**
 * All that a tap is told, stage by stage.
 *
 * @param padBytes frames are padded to a multiple of this many bytes, so that more of them are of
 *     one size and share a system call; 1 leaves them as they are
 * @param reporting whether the tap says inside the tunnel who it is and what it counted
 * @param tls streams over TLS instead of a tunnel, of which the VNI alone is then of use
 * @param shed what is left out
 */
public record TapSettings(
    SourceSettings source,
    SegmentSettings segment,
    EncapsulationSettings encapsulation,
    SendSettings sensors,
    int padBytes,
    boolean reporting,
    Optional<TlsSettings> tls,
    ShedSettings shed) {

  private static final int PAD_BYTES_MAX = 9_000;

  /** Settings of a tunnel. */
  public TapSettings(
      SourceSettings source,
      SegmentSettings segment,
      EncapsulationSettings encapsulation,
      SendSettings sensors,
      int padBytes,
      boolean reporting) {
    this(
        source,
        segment,
        encapsulation,
        sensors,
        padBytes,
        reporting,
        Optional.empty(),
        ShedSettings.NONE);
  }

  public TapSettings {
    if (padBytes < 1 || padBytes > PAD_BYTES_MAX) {
      throw new SettingsException("pad " + padBytes + " is out of range 1 to " + PAD_BYTES_MAX);
    }
  }
}
