/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the Initial packets of one end are protected with: a key of AES-128-GCM, 12 bytes that
 * become its nonce, a key of AES-128 for the header.
 *
 * @see "RFC 9001 section 5.2; RFC 8446 section 7.1"
 */
final class InitialKeys {

  private static final int SECRET_LENGTH = 32;
  private static final int KEY_LENGTH = 16;
  private static final int IV_LENGTH = 12;

  private final SecretKey key;
  private final byte[] iv;
  private final SecretKey headerKey;

  private InitialKeys(SecretKey key, byte[] iv, SecretKey headerKey) {
    this.key = key;
    this.iv = iv;
    this.headerKey = headerKey;
  }

  SecretKey key() {
    return key;
  }

  /** Returns the nonce's constant part; not to be written to. */
  byte[] iv() {
    return iv;
  }

  SecretKey headerKey() {
    return headerKey;
  }

  /**
   * Derives the keys of one end.
   *
   * @param connectionId the destination that the client's first Initial packet names
   */
  static InitialKeys derive(QuicVersion version, byte[] connectionId, boolean client)
      throws GeneralSecurityException {
    KDF hkdf = KDF.getInstance("HKDF-SHA256");
    SecretKey initial =
        hkdf.deriveKey(
            "Generic",
            HKDFParameterSpec.ofExtract()
                .addIKM(connectionId)
                .addSalt(version.salt())
                .extractOnly());
    SecretKey secret =
        new SecretKeySpec(
            expand(hkdf, initial, client ? "client in" : "server in", SECRET_LENGTH), "Generic");
    String prefix = version.labelPrefix();
    return new InitialKeys(
        new SecretKeySpec(expand(hkdf, secret, prefix + "key", KEY_LENGTH), "AES"),
        expand(hkdf, secret, prefix + "iv", IV_LENGTH),
        new SecretKeySpec(expand(hkdf, secret, prefix + "hp", KEY_LENGTH), "AES"));
  }

  private static byte[] expand(KDF hkdf, SecretKey secret, String label, int length)
      throws GeneralSecurityException {
    byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
    byte[] info = new byte[full.length + 4];
    info[1] = (byte) length;
    info[2] = (byte) full.length;
    System.arraycopy(full, 0, info, 3, full.length);
    return hkdf.deriveData(HKDFParameterSpec.expandOnly(secret, info, length));
  }
}
