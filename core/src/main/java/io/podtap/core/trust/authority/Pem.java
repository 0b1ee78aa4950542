/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust.authority;

import java.util.Base64;

/**
 * Bytes between a BEGIN and an END line.
 *
 * @see "RFC 7468"
 */
public final class Pem {

  private static final int LINE = 64;

  private Pem() {}

  /**
   * Returns one block, with a line feed at its end.
   *
   * @param label what stands after BEGIN, as {@code CERTIFICATE}
   */
  public static String block(String label, byte[] bytes) {
    String text = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
  }
}
