/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

/** Inside this package: the pod stays as it is. Callers see an {@link Outcome.Unchanged}. */
final class InjectException extends Exception {

  private static final long serialVersionUID = 1;

  private final Reason reason;

  InjectException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  Outcome outcome() {
    return new Outcome.Unchanged(reason, String.valueOf(getMessage()));
  }
}
