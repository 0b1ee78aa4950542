/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.taps.KnownTaps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where taps send to.
 *
 * @param listeners where tunnels come in; may be empty
 * @param streams where streams over TLS come in; null for nowhere
 * @param knownTaps which senders are believed to be taps, and whether others are refused
 * @param receiveBufferBytes asked for each listening socket; the kernel may give less
 */
public record IngestSettings(
    List<Listener> listeners,
    @Nullable StreamListener streams,
    KnownTaps knownTaps,
    int receiveBufferBytes) {

  public IngestSettings {
    listeners = List.copyOf(listeners);
    if (receiveBufferBytes < 4_096) {
      throw new SettingsException(
          "receive buffer of " + receiveBufferBytes + " bytes is below 4096");
    }
  }

  /** Returns whether taps can send anywhere. */
  public boolean isEmpty() {
    return listeners.isEmpty() && streams == null;
  }

  /** Returns where taps send to, for people. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (Listener listener : listeners) {
      text.append(text.isEmpty() ? "" : ", ").append(listener);
    }
    if (streams != null) {
      text.append(text.isEmpty() ? "" : ", ").append("tls:").append(streams.endpoint());
    }
    return text.toString();
  }
}
