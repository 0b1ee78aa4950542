/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import java.io.IOException;

/** A request that is refused; the connection ends with the answer. */
final class HttpException extends IOException {

  private static final long serialVersionUID = 1;

  private final int status;

  HttpException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
