/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.trust.TrustFiles;
import io.podtap.tap.stream.StreamSettings;
import java.util.List;

/**
 * Streams, and how they are protected.
 *
 * @param sensorNames of which a sensor's certificate must have one; empty for any sensor under the
 *     authorities
 */
public record TlsSettings(TrustFiles files, List<String> sensorNames, StreamSettings stream) {

  public TlsSettings {
    sensorNames = List.copyOf(sensorNames);
  }
}
