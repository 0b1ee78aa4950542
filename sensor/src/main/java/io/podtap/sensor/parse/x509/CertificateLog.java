/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.x509;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code x509.log}: each certificate once a day, as long as it is remembered. The analysis thread.
 */
final class CertificateLog {

  private static final int REMEMBERED_MAX = 10_000;

  /** Heap of one: its fingerprint, its time, its place in the table. */
  private static final long REMEMBERED_BYTES = 256;

  private static final long AGAIN_NS = TimeUnit.DAYS.toNanos(1);

  private final LogStream<CertificateRow> log;
  private final Map<String, Long> seen =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > rememberedMax;
        }
      };

  private final int rememberedMax;

  /**
   * @param bytesMax heap that remembered certificates may take
   */
  CertificateLog(LogSink sink, long bytesMax) {
    rememberedMax = Math.clamp(bytesMax / REMEMBERED_BYTES, 1, REMEMBERED_MAX);
    log = sink.open(schema());
  }

  void write(CertificateRow row) {
    String key = row.fingerprint + (row.host ? 'h' : '-') + (row.client ? 'c' : '-');
    Long before = seen.get(key);
    if (before == null || row.timeNs - before >= AGAIN_NS) {
      seen.put(key, row.timeNs);
      log.write(row);
    }
  }

  private static LogSchema<CertificateRow> schema() {
    return LogSchema.<CertificateRow>named("x509", "One record for each certificate, once a day.")
        .of(row -> row.flow)
        .time("ts", "When it was seen.", row -> row.timeNs)
        .wire("fingerprint", "SHA-256 of the certificate.", row -> row.fingerprint)
        .count("certificate.version", "Version.", row -> row.version)
        .wire("certificate.serial", "Serial number, hexadecimal.", row -> row.serial)
        .wire("certificate.subject", "Subject of the certificate.", row -> row.subject)
        .wire("certificate.issuer", "Issuer of the certificate.", row -> row.issuer)
        .time("certificate.not_valid_before", "Begin of its validity.", row -> row.validFromNs)
        .time("certificate.not_valid_after", "End of its validity.", row -> row.validToNs)
        .wire("certificate.key_alg", "Algorithm of its key.", row -> row.keyAlgorithm)
        .wire("certificate.sig_alg", "Algorithm of its signature.", row -> row.signature)
        .wire("certificate.key_type", "rsa, ecdsa, dsa or another name.", row -> row.keyType)
        .count("certificate.key_length", "Bits of its key.", row -> row.keyBits)
        .wire("certificate.exponent", "Exponent of an RSA key.", row -> row.exponent)
        .wire("certificate.curve", "Curve of an elliptic key.", row -> row.curve)
        .wireList("san.dns", "Host names it is also for.", row -> given(row.dnsNames))
        .wireList("san.uri", "URIs it is also for.", row -> given(row.uris))
        .wireList("san.email", "Mail addresses it is also for.", row -> given(row.emails))
        .addressList(
            "san.ip",
            "Addresses it is also for.",
            (row, out) -> {
              for (int i = 0; i < row.addresses.size(); i++) {
                if (i > 0) {
                  out.put(TextSource.SEPARATOR);
                }
                out.put(row.addresses.get(i));
              }
              return !row.addresses.isEmpty();
            })
        .bool(
            "basic_constraints.ca",
            "Whether it may vouch for others.",
            row -> row.hasConstraints ? row.isAuthority ? 1 : 0 : LogSchema.UNSET)
        .count(
            "basic_constraints.path_len",
            "How many may be between it and an end's own one.",
            row -> row.pathLength)
        .bool("host_cert", "Whether it is a server's own.", row -> row.host ? 1 : 0)
        .bool("client_cert", "Whether it is a client's own.", row -> row.client ? 1 : 0)
        .build();
  }

  private static @Nullable List<String> given(List<String> names) {
    return names.isEmpty() ? null : names;
  }
}
