/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ocsp;

import io.podtap.sensor.log.LogSchema;
import org.jspecify.annotations.Nullable;

/**
 * What one answer says of one certificate.
 *
 * @param nameHash hash of the issuer's name, upper-case hexadecimal
 * @param keyHash hash of the issuer's key
 * @param serial of the certificate, upper-case hexadecimal
 * @param revokedNs nanoseconds since 1970, or {@link LogSchema#UNSET}
 * @param nextUpdateNs as above
 */
record OcspRow(
    long timeNs,
    String fuid,
    String hashAlgorithm,
    String nameHash,
    String keyHash,
    String serial,
    String status,
    long revokedNs,
    @Nullable String reason,
    long thisUpdateNs,
    long nextUpdateNs) {

  static LogSchema<OcspRow> schema() {
    return LogSchema.<OcspRow>named(
            "ocsp", "One record for each certificate that an answer of OCSP is about.")
        .time("ts", "When the answer's first byte came.", OcspRow::timeNs)
        .wire("id", "Unique id of the file, as in files.log.", OcspRow::fuid)
        .wire("hashAlgorithm", "How the next two were made.", OcspRow::hashAlgorithm)
        .wire("issuerNameHash", "Hash of the issuer's name.", OcspRow::nameHash)
        .wire("issuerKeyHash", "Hash of the issuer's key.", OcspRow::keyHash)
        .wire("serialNumber", "Serial number of the certificate, hexadecimal.", OcspRow::serial)
        .wire("certStatus", "good, revoked or unknown.", OcspRow::status)
        .time("revoketime", "When it was revoked.", OcspRow::revokedNs)
        .wire("revokereason", "Why it was revoked.", OcspRow::reason)
        .time("thisUpdate", "When this was known to be right.", OcspRow::thisUpdateNs)
        .time("nextUpdate", "When there will be news at the latest.", OcspRow::nextUpdateNs)
        .build();
  }
}
