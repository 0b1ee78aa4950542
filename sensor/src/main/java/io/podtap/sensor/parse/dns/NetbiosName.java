/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

/**
 * NetBIOS names as DNS carries them: each byte as two letters.
 *
 * @see "RFC 1001 section 14.1, first-level encoding"
 */
final class NetbiosName {

  private static final int ENCODED_LENGTH = 32;

  private NetbiosName() {}

  /**
   * Returns the name without padding and without its type, or {@code encoded} when it is none. As
   * in Zeek it ends at the first character that is not visible, but for those before a browser's.
   */
  static String decode(String encoded) {
    if (encoded.length() < ENCODED_LENGTH) {
      return encoded;
    }
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < ENCODED_LENGTH - 2; i += 2) {
      int high = encoded.charAt(i) - 'a';
      int low = encoded.charAt(i + 1) - 'a';
      if ((high & ~0xF) != 0 || (low & ~0xF) != 0) {
        return encoded;
      }
      int c = high << 4 | low;
      boolean isVisible = c > ' ' && c < 0x7F;
      if (!isVisible && c != 1 && c != 2) {
        break;
      }
      name.append((char) c);
    }
    return name.isEmpty() ? encoded : name.toString();
  }
}
