package io.podtap.core.stream;

import java.time.Duration;

/**
 * What strangers can cost a {@link StreamServer} at most.
 *
 * @param connections at one time, those that still shake hands included
 * @param handshake how long until the other side has proved who it is
 * @param silence how long a connection may bring nothing: taps report every ten seconds
 * @param buffers decrypted data on their way to the consumer, of {@link #BUFFER_BYTES} each
 */
public record StreamLimits(int connections, Duration handshake, Duration silence, int buffers) {

  /** Bytes of one buffer: several TLS records. */
  public static final int BUFFER_BYTES = 128 << 10;

  /** For a sensor of a cluster: 16 MiB of buffers. */
  public static final StreamLimits DEFAULT =
      new StreamLimits(1_024, Duration.ofSeconds(10), Duration.ofSeconds(60), 128);
}
