/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import java.time.Duration;

/**
 * The server's bounds.
 *
 * @param connectionsMax open connections
 * @param perAddressMax open connections of one address
 * @param bodyBytesMax length of one body
 * @param bodiesBytesMax what all bodies hold together, beyond {@link Body#FIRST_BYTES} of each
 * @param handshake from acceptance to the end of the TLS handshake
 * @param request from a request's first byte to its last, and a second more for each MiB of it
 * @param answer from a request's first byte until its answer has been taken
 * @param idle without a request, for a client that was served before
 * @param unused the same, for one that was not
 */
public record ServerSettings(
    int connectionsMax,
    int perAddressMax,
    long bodyBytesMax,
    long bodiesBytesMax,
    Duration handshake,
    Duration request,
    Duration answer,
    Duration idle,
    Duration unused) {

  private static final long BYTES_PER_CONNECTION = 128L << 10;
  private static final int CONNECTIONS_MIN = 64;
  private static final int CONNECTIONS_MAX = 4_096;
  private static final long BODY_BYTES_MIN = 1L << 20;

  /**
   * The API server's own limit of a request is 3 MiB; the review around it and JSON instead of what
   * it was sent as add to it.
   */
  private static final long BODY_BYTES_MAX = 8L << 20;

  /**
   * Returns bounds in proportion to a heap: a fourth of it for connections, an eighth for bodies.
   */
  public static ServerSettings ofHeap(long heapBytes) {
    int connections =
        (int) Math.clamp(heapBytes / BYTES_PER_CONNECTION, CONNECTIONS_MIN, (long) CONNECTIONS_MAX);
    return new ServerSettings(
        connections,
        connections - connections / 4,
        Math.clamp(heapBytes / 16, BODY_BYTES_MIN, BODY_BYTES_MAX),
        heapBytes / 8,
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(15),
        Duration.ofSeconds(90),
        Duration.ofSeconds(10));
  }
}
