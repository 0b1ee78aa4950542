/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.der;

/** Bytes that are not DER, or not of the shape that was asked for. Carries no stack. */
public final class DerException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * @param message one clause for a person
   */
  public DerException(String message) {
    super(message, null, false, false);
  }
}
