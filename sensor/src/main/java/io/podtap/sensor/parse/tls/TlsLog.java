/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.log.LogSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The declaration of {@code ssl.log}: one record for each connection. */
final class TlsLog {

  private TlsLog() {}

  static LogSchema<TlsRow> schema() {
    return LogSchema.<TlsRow>named("ssl", "One record for each TLS connection.")
        .time("ts", "When the first message was seen.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire(
            "version",
            "Version that the server chose.",
            row -> row.version < 0 ? null : TlsNames.version(row.version))
        .wire("cipher", "Cipher suite that the server chose.", row -> row.cipher)
        .wire("curve", "Group of the key exchange.", row -> row.curve)
        .wire("server_name", "Host that the client asks for (SNI).", row -> row.serverName)
        .bool("resumed", "Whether an earlier session went on.", row -> row.resumed ? 1 : 0)
        .wire("last_alert", "Last alert that was not encrypted.", row -> row.lastAlert)
        .wire("next_protocol", "Protocol that the server chose (ALPN).", row -> row.nextProtocol)
        .bool("established", "Whether the handshake went through.", row -> row.established ? 1 : 0)
        .wire(
            "ssl_history",
            "A letter for each message, upper case from the client: C ClientHello, S ServerHello,"
                + " J HelloRetryRequest, V HelloVerifyRequest, X Certificate, K ServerKeyExchange,"
                + " R CertificateRequest, N ServerHelloDone, G ClientKeyExchange, Y"
                + " CertificateVerify, U CertificateStatus, T NewSessionTicket, F Finished, I"
                + " change of cipher, L alert, H HelloRequest, B heartbeat, Z another message; ^"
                + " stands where the ends changed places.",
            row -> row.history.toString())
        .wireList(
            "cert_chain_fps",
            "SHA-256 of the server's certificates, its own first.",
            row -> seen(row.serverFingerprints))
        .wireList(
            "client_cert_chain_fps",
            "SHA-256 of the client's certificates, its own first.",
            row -> seen(row.clientFingerprints))
        .bool(
            "sni_matches_cert",
            "Whether the server's certificate is for the host that was asked for.",
            row -> row.nameMatches == null ? LogSchema.UNSET : row.nameMatches ? 1 : 0)
        .wire("ja3", "JA3 of the ClientHello.", row -> row.ja3)
        .wire("ja3s", "JA3S of the ServerHello.", row -> row.ja3s)
        .wire("ja4", "JA4 of the ClientHello.", row -> row.ja4)
        .bool(
            "ech",
            "Whether the client's hello has one that is encrypted, or a pretence of it (ECH).",
            row -> row.encryptedHello ? 1 : LogSchema.UNSET)
        .build();
  }

  private static @Nullable List<String> seen(List<String> fingerprints) {
    return fingerprints.isEmpty() ? null : fingerprints;
  }
}
