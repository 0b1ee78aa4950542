/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ssh;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.PrivateNetworks;

/** The declaration of {@code ssh.log}: one record for each connection. */
final class SshLog {

  private SshLog() {}

  static LogSchema<SshRow> schema() {
    return LogSchema.<SshRow>named("ssh", "One record for each SSH connection.")
        .time(
            "ts",
            "When the first end greeted; on other ports than 22 when both had.",
            row -> row.timeNs)
        .flow(row -> row.flow)
        .count(
            "version",
            "Version that both ends speak: 1 or 2.",
            row -> row.version() == 0 ? LogSchema.UNSET : row.version())
        .bool(
            "auth_success",
            "Whether somebody got in, by the lengths of messages; not set when that is open.",
            row -> row.authenticationSeen ? row.authenticated ? 1 : 0 : LogSchema.UNSET)
        .count(
            "auth_attempts",
            "Attempts to get in; not set when packets are missing.",
            row -> row.attempts)
        .enumeration("direction", "INBOUND or OUTBOUND, seen from here.", SshLog::direction)
        .wire("client", "How the client greets.", row -> row.client)
        .wire("server", "How the server greets.", row -> row.server)
        .wire("cipher_alg", "Cipher agreed on.", row -> row.cipher)
        .wire("mac_alg", "Message authentication code agreed on.", row -> row.mac)
        .wire("compression_alg", "Compression agreed on.", row -> row.compression)
        .wire("kex_alg", "Key exchange agreed on.", row -> row.keyExchange)
        .wire("host_key_alg", "Kind of host key agreed on.", row -> row.hostKeyAlgorithm)
        .wire(
            "host_key_fingerprint",
            "Beginning of the host key's SHA-256, 32 characters of base 64.",
            row -> row.hostKeyFingerprint)
        .wire("hassh", "MD5 of what the client offers (HASSH).", row -> row.hassh)
        .wire("hasshServer", "MD5 of what the server offers (HASSH).", row -> row.hasshServer)
        .build();
  }

  private static boolean direction(SshRow row, LineBuffer out) {
    boolean from = PrivateNetworks.contains(row.flow.originatorHigh(), row.flow.originatorLow());
    boolean to = PrivateNetworks.contains(row.flow.responderHigh(), row.flow.responderLow());
    if (from != to) {
      out.put(from ? "OUTBOUND" : "INBOUND");
    }
    return from != to;
  }
}
