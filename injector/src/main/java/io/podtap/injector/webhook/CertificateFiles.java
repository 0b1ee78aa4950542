/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/**
 * The identity in a folder's {@code tls.crt} and {@code tls.key}, as cert-manager writes them and
 * as Secrets are mounted.
 *
 * <p>Read again now and then rather than watched: a mounted Secret changes by a link to another
 * folder, of which a watch of the files hears nothing.
 */
final class CertificateFiles implements IdentitySource {

  private static final long PAUSE_MS = 2_000;

  private final Path certificate;
  private final Path key;
  private final CurrentIdentity current;
  private String contents;
  private volatile String problem = "";

  private CertificateFiles(Path certificate, Path key, String contents, Identity first) {
    this.certificate = certificate;
    this.key = key;
    this.contents = contents;
    current = new CurrentIdentity(first);
  }

  /**
   * Reads the files for the first time.
   *
   * @throws SettingsException when they are missing or no identity
   */
  static CertificateFiles open(Path folder) {
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    try {
      String contents = read(certificate) + '\0' + read(key);
      return new CertificateFiles(certificate, key, contents, parse(contents));
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingsException(
          "certificate '" + certificate + "' and its tls.key: " + reason(e), e);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.US_ASCII);
  }

  private static Identity parse(String contents) throws GeneralSecurityException {
    int end = contents.indexOf('\0');
    return Identity.parse(contents.substring(0, end), contents.substring(end + 1));
  }

  private static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file: " + missing.getFile();
      case AccessDeniedException denied -> "permission denied: " + denied.getFile();
      case IOException _ -> "cannot be read";
      default -> String.valueOf(e.getMessage());
    };
  }

  @Override
  public boolean look() {
    try {
      String now = read(certificate) + '\0' + read(key);
      if (now.equals(contents)) {
        problem = "";
        return false;
      }
      current.set(parse(now));
      contents = now;
      problem = "";
      return true;
    } catch (IOException | GeneralSecurityException e) {
      problem = "certificate " + certificate + ": " + reason(e);
      return false;
    }
  }

  @Override
  public long pauseMs() {
    return PAUSE_MS;
  }

  @Override
  public CurrentIdentity current() {
    return current;
  }

  @Override
  public String problem() {
    return problem;
  }
}
