/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.inventory;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Subscriptions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Certificates that x509.log has told of, by fingerprint, for detections that meet them in ssl.log.
 */
public final class SeenCertificates {

  private static final long BYTES_MAX = 4 << 20;

  /**
   * What is kept of a certificate; times are nanoseconds since 1970.
   *
   * @param keyBits bits of its key; below 0 when they are not known
   * @param dnsNames alternative names that are hosts
   */
  public record Certificate(
      String fingerprint,
      String serial,
      String subject,
      String issuer,
      long notBeforeNs,
      long notAfterNs,
      String keyType,
      long keyBits,
      List<String> dnsNames) {

    public Certificate {
      dnsNames = List.copyOf(dnsNames);
    }

    long bytes() {
      return 96
          + AgeTable.bytesOf(fingerprint)
          + AgeTable.bytesOf(serial)
          + AgeTable.bytesOf(subject)
          + AgeTable.bytesOf(issuer)
          + AgeTable.bytesOf(keyType)
          + dnsNames.stream().mapToLong(AgeTable::bytesOf).sum();
    }
  }

  /** What all detections of a stage share. */
  private static final class Shared {

    final AgeTable<String, Certificate> seen =
        new AgeTable<>(BYTES_MAX, 7 * KnownHosts.DAY_NS, Certificate::bytes);

    /** What is held is accounted to each of them in equal shares. */
    int users;

    Shared(Subscriptions records) {
      records.on("x509", this::onCertificate);
    }

    private void onCertificate(LogRecord logged) {
      String fingerprint = logged.textOrEmpty("fingerprint");
      seen.put(
          fingerprint,
          new Certificate(
              fingerprint,
              logged.textOrEmpty("certificate.serial"),
              logged.textOrEmpty("certificate.subject"),
              logged.textOrEmpty("certificate.issuer"),
              logged.number("certificate.not_valid_before"),
              logged.number("certificate.not_valid_after"),
              logged.textOrEmpty("certificate.key_type"),
              logged.number("certificate.key_length"),
              logged.texts("san.dns")),
          logged.nowNs());
    }
  }

  private @Nullable Shared shared;

  /** Subscribes to what it needs. */
  public void subscribe(Subscriptions records) {
    Shared found = records.shared(Shared.class, () -> new Shared(records));
    found.users++;
    shared = found;
  }

  private Shared shared() {
    return Objects.requireNonNull(shared, "not subscribed");
  }

  /** Returns the server's own certificate of a record of ssl.log, or null. */
  public @Nullable Certificate ofServer(LogRecord ssl) {
    List<String> chain = ssl.texts("cert_chain_fps");
    return chain.isEmpty() ? null : of(chain.getFirst(), ssl.nowNs());
  }

  /** Returns the certificate with a fingerprint, or null. */
  public @Nullable Certificate of(String fingerprint, long nowNs) {
    return shared().seen.get(fingerprint, nowNs);
  }

  /** Returns a share of what is held, an estimate in bytes. */
  public long bytes() {
    return shared().seen.bytes() / shared().users;
  }

  /** Returns a share of how many left because the table was full. */
  public long evicted() {
    return shared().seen.evicted() / shared().users;
  }
}
