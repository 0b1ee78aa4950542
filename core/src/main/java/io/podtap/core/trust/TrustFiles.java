/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import io.podtap.core.config.SettingsException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the PEM files are; what cert-manager calls {@code tls.crt}, {@code tls.key} and {@code
 * ca.crt}.
 *
 * @param certificate this side's certificate, then what lies between it and an authority
 * @param key its private key: PKCS #8, or PKCS #1
 * @param authorities certificates of the authorities that the other side's may be signed by
 * @param revocations lists of what those authorities have revoked, PEM or DER; null for none
 */
public record TrustFiles(Path certificate, Path key, Path authorities, @Nullable Path revocations) {

  /** Files without revocation lists. */
  public TrustFiles(Path certificate, Path key, Path authorities) {
    this(certificate, key, authorities, null);
  }

  /** Returns the same with revocation lists, or without when {@code file} is null. */
  public TrustFiles revocations(@Nullable Path file) {
    return new TrustFiles(certificate, key, authorities, file);
  }

  /**
   * Takes what the options {@code --cert}, {@code --key} and {@code --ca} gave.
   *
   * @throws SettingsException when one is missing: TLS here is always mutual
   */
  public static TrustFiles of(
      @Nullable Path certificate, @Nullable Path key, @Nullable Path authorities) {
    return new TrustFiles(
        require("--cert", certificate), require("--key", key), require("--ca", authorities));
  }

  private static Path require(String option, @Nullable Path file) {
    if (file == null) {
      throw new SettingsException(
          "TLS needs --cert, --key and --ca (both sides show a certificate): "
              + option
              + " is missing");
    }
    return file;
  }
}
