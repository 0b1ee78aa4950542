/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import java.io.IOException;

/** A peer has asked for more than it may have. */
final class BoundsException extends IOException {

  private static final long serialVersionUID = 1;

  BoundsException(String message) {
    super(message);
  }
}
