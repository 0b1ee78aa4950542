/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import java.nio.charset.StandardCharsets;

/** What one run of {@code podtap inject} or {@code uninject} wrote. */
public final class Rewriting {

  private final byte[] bytes;
  private final String said;
  private final int exitCode;

  /**
   * @param bytes standard output; not copied
   * @param said standard error
   */
  public Rewriting(byte[] bytes, String said, int exitCode) {
    this.bytes = bytes;
    this.said = said;
    this.exitCode = exitCode;
  }

  /** Returns standard output, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns standard output as UTF-8. */
  public String out() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns standard error. */
  public String said() {
    return said;
  }

  public int exitCode() {
    return exitCode;
  }
}
