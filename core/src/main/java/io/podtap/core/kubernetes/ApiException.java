/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

/** The API could not be asked: cause and one line for a person. */
public final class ApiException extends Exception {

  private static final long serialVersionUID = 1;

  /** Where asking costs little: after an outage, taps are to come back within two seconds. */
  private static final long NETWORK_MS_MAX = 1_500;

  /** Where a person or a server under load has to do something first. */
  private static final long REFUSED_MS_MAX = 15_000;

  private static final int RETRY_AFTER_SECONDS_MAX = 60;

  private final ApiFailure failure;
  private final int retryAfterSeconds;

  /** Makes one for which the server has asked for no delay. */
  public ApiException(ApiFailure failure, String message) {
    this(failure, message, 0);
  }

  /**
   * @param retryAfterSeconds what the server asked for, 0 for nothing
   */
  public ApiException(ApiFailure failure, String message, int retryAfterSeconds) {
    super(message);
    this.failure = failure;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Returns the cause. */
  public ApiFailure failure() {
    return failure;
  }

  int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** Returns how long to wait at most, in milliseconds, after many such failures. */
  public long longestWaitMs() {
    return switch (failure) {
      case UNREACHABLE, TIMEOUT, MALFORMED, EXPIRED -> NETWORK_MS_MAX;
      default -> REFUSED_MS_MAX;
    };
  }

  /** Returns how long the server asked to wait, in milliseconds, within reason. */
  public long leastWaitMs() {
    return Math.min(retryAfterSeconds, RETRY_AFTER_SECONDS_MAX) * 1_000L;
  }

  /** Returns one line for a person. */
  public String line() {
    return String.valueOf(getMessage());
  }
}
