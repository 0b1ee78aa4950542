/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka;

/** Why something went wrong, in one line. */
public final class FailureReason {

  private FailureReason() {}

  /** Returns the message of the innermost cause: Kafka wraps what it fails with. */
  public static String of(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage();
    return message == null
        ? innermost.getClass().getSimpleName()
        : message.replaceAll("\\s+", " ").replaceFirst("\\.$", "");
  }
}
