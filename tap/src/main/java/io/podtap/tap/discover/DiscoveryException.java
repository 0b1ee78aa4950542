/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

/** The sensors could not be asked for: cause and one line for a person. */
final class DiscoveryException extends Exception {

  private static final long serialVersionUID = 1;

  /** Where asking costs little: after an outage, taps are to come back within two seconds. */
  private static final long NETWORK_MS_MAX = 1_500;

  /** Where a person or a server under load has to do something first. */
  private static final long REFUSED_MS_MAX = 15_000;

  private static final int RETRY_AFTER_SECONDS_MAX = 60;

  private final DiscoveryFailure failure;
  private final int retryAfterSeconds;

  DiscoveryException(DiscoveryFailure failure, String message) {
    this(failure, message, 0);
  }

  /**
   * @param retryAfterSeconds what the server asked for, 0 for nothing
   */
  DiscoveryException(DiscoveryFailure failure, String message, int retryAfterSeconds) {
    super(message);
    this.failure = failure;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  DiscoveryFailure failure() {
    return failure;
  }

  int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** Returns how long to wait at most, in milliseconds, after many such failures. */
  long longestWaitMs() {
    return switch (failure) {
      case UNREACHABLE, TIMEOUT, MALFORMED, EXPIRED -> NETWORK_MS_MAX;
      default -> REFUSED_MS_MAX;
    };
  }

  /** Returns how long the server asked to wait, in milliseconds, within reason. */
  long leastWaitMs() {
    return Math.min(retryAfterSeconds, RETRY_AFTER_SECONDS_MAX) * 1_000L;
  }

  String line() {
    return String.valueOf(getMessage());
  }
}
