/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.io.IOException;

/** The API server answered, and said no. */
public final class RefusedException extends IOException {

  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * @param what the request, in words
   */
  public RefusedException(String what, ClusterApi.Answer answer) {
    this(
        answer.status(),
        what + ": " + Denial.parse(answer.message()).map(Denial::text).orElseGet(answer::reason));
  }

  RefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Returns HTTP's status. */
  public int status() {
    return status;
  }
}
