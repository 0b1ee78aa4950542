/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import java.time.Duration;

/**
 * What others can cost a {@link StreamServer} at most. Connections that shake hands and those that
 * have proved who they are have places of their own; one address has half of each.
 *
 * @param connections that have proved who they are, at one time
 * @param unproven connections that shake hands, at one time; the oldest makes room for the next
 * @param handshake how long until the other side has proved who it is
 * @param silence how long a connection may bring nothing: taps report every ten seconds
 * @param buffers decrypted data on their way to the consumer, of {@link #BUFFER_BYTES} each
 */
public record StreamLimits(
    int connections, int unproven, Duration handshake, Duration silence, int buffers) {

  /** Bytes of one buffer: several TLS records. */
  public static final int BUFFER_BYTES = 128 << 10;

  /** For a sensor of a cluster: 16 MiB of buffers. */
  public static final StreamLimits DEFAULT =
      new StreamLimits(1_024, 256, Duration.ofSeconds(10), Duration.ofSeconds(60), 128);

  /** Returns how many of {@code all} places one address may have. */
  static int perAddress(int all) {
    return Math.max(all / 2, 1);
  }
}
