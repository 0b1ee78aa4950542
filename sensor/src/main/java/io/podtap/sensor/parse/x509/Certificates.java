/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.x509;

import io.podtap.sensor.parse.Digests;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.sink.LogSink;
import org.jspecify.annotations.Nullable;

/**
 * Takes the certificates that TLS, Kerberos and RDP carry, whichever comes first, so that each has
 * one record a day. The analysis thread.
 */
public final class Certificates {

  private final CertificateLog log;
  private final Files files;

  /**
   * Opens {@code x509.log}.
   *
   * @param files where oddities of certificates are noted
   * @param bytesMax heap that remembered certificates may take
   */
  public Certificates(LogSink sink, Files files, long bytesMax) {
    this.log = new CertificateLog(sink, bytesMax);
    this.files = files;
  }

  /**
   * Reads one certificate and records it.
   *
   * @param isOwn whether it is an end's own one, not of those that vouch for it
   * @param encoded DER, from the wire
   * @return null when it cannot be read, which is noted
   */
  public @Nullable CertificateRow take(
      Session session, boolean fromClient, boolean isOwn, byte[] encoded) {
    String fingerprint = Digests.hex("SHA-256", encoded);
    CertificateRow row =
        CertificateReader.read(
            encoded,
            new CertificateRow(session.nowNs(), fingerprint, isOwn, fromClient),
            files::weird);
    if (row != null) {
      row.flow = session.flow();
      log.write(row);
    }
    return row;
  }
}
