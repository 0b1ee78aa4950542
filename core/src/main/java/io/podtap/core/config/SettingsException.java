/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

/** The user asked for something that cannot be: one clear line, exit code 2. */
public final class SettingsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * Says what is wrong, with which setting, and what would be right.
   *
   * @param message one line without a full stop
   */
  public SettingsException(String message) {
    super(message);
  }

  /** As above, with the failure behind it. */
  public SettingsException(String message, Throwable cause) {
    super(message, cause);
  }
}
