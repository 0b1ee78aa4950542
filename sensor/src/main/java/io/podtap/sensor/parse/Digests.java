/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes of short things that are whole in memory. */
public final class Digests {

  private Digests() {}

  /**
   * Returns the hash of all of {@code bytes}.
   *
   * @param algorithm one that every Java has: MD5, SHA-1, SHA-256
   */
  public static byte[] of(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is part of every Java", e);
    }
  }

  /** Returns the same in hexadecimal digits. */
  public static String hex(String algorithm, byte[] bytes) {
    return HexFormat.of().formatHex(of(algorithm, bytes));
  }
}
