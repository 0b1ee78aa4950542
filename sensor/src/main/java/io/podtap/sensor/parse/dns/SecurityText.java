/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/**
 * Records of DNSSEC in Zeek's words, with what is weird about their algorithms and flags. One
 * thread.
 *
 * @see "RFC 4034 sections 2 to 5; RFC 5155 section 3; IANA, DNSSEC Algorithm Numbers"
 */
final class SecurityText {

  private static final int NOT_RECOMMENDED = 1;
  private static final int INDIRECT = 252;
  private static final int PRIVATE_NAME = 253;
  private static final int PRIVATE_OID = 254;

  private static final int KEY_FLAGS_UNKNOWN = 0xFE7E;
  private static final int KEY_REVOKED_AND_SIGNING = 0x0181;
  private static final int KEY_PROTOCOL = 3;

  private final DnsMessageReader reader;

  SecurityText(DnsMessageReader reader) {
    this.reader = reader;
  }

  /** A signature: of which type, by whom; {@code end} is where the record's data ends. */
  @Nullable String signature(Session session, int at, int end) {
    if (end - at <= 18) {
      return null;
    }
    algorithm(session, "DNSSEC_RRSIG_", reader.u8At(at + 2));
    reader.seek(at + 18);
    String signer = reader.name();
    return reader.problem().isEmpty() ? "RRSIG " + reader.u16At(at) + ' ' + rooted(signer) : null;
  }

  /** A key: its algorithm. */
  String key(Session session, int at) {
    int flags = reader.u16At(at);
    if ((flags & KEY_FLAGS_UNKNOWN) != 0) {
      session.weird("DNSSEC_DNSKEY_Invalid_Flag", Integer.toString(flags));
    }
    if ((flags & KEY_REVOKED_AND_SIGNING) == KEY_REVOKED_AND_SIGNING) {
      session.weird("DNSSEC_DNSKEY_Revoked_KSK", Integer.toString(flags));
    }
    int protocol = reader.u8At(at + 2);
    if (protocol != KEY_PROTOCOL) {
      session.weird("DNSSEC_DNSKEY_Invalid_Protocol", Integer.toString(protocol));
    }
    int algorithm = reader.u8At(at + 3);
    algorithm(session, "DNSSEC_DNSKEY_", algorithm);
    return "DNSKEY " + algorithm;
  }

  private static void algorithm(Session session, String prefix, int algorithm) {
    String kind =
        switch (algorithm) {
          case NOT_RECOMMENDED -> "NotRecommended";
          case INDIRECT -> "Indirect";
          case PRIVATE_NAME -> "PrivateDNS";
          case PRIVATE_OID -> "PrivateOID";
          case 2, 3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16 -> "";
          default -> "unknown";
        };
    if (!kind.isEmpty()) {
      session.weird(prefix + kind + "_ZoneSignAlgo", Integer.toString(algorithm));
    }
  }

  /** The hash of a key that another zone vouches for. */
  String signer(Session session, int at) {
    int digest = reader.u8At(at + 3);
    if (digest == 0) {
      session.weird("DNSSEC_DS_ReservedDigestType", Integer.toString(digest));
    } else if (digest > 4) {
      session.weird("DNSSEC_DS_unknown_DigestType", Integer.toString(digest));
    }
    return "DS " + reader.u8At(at + 2) + ' ' + digest;
  }

  /** The next name of the zone. */
  @Nullable String next(Session session, String owner, int at, int end) {
    reader.seek(at);
    String next = reader.name();
    if (!reader.problem().isEmpty()) {
      return null;
    }
    bitmaps(session, "DNSSEC_NSEC_bitmapLen0", reader.at(), end);
    return "NSEC " + rooted(owner) + ' ' + rooted(next);
  }

  /** As above, by the hashes of names: four fields, a salt, a hash. */
  String hashedNext(Session session, int at, int end) {
    int hashAt = at + 5 + Math.max(0, reader.u8At(at + 4));
    bitmaps(session, "DNSSEC_NSEC3_bitmapLen0", hashAt + 1 + Math.max(0, reader.u8At(hashAt)), end);
    return "NSEC3";
  }

  /** Windows of types: number, length, bits (RFC 4034 section 4.1.2). */
  private void bitmaps(Session session, String weird, int from, int end) {
    int at = from;
    while (at + 2 <= end) {
      int length = reader.u8At(at + 1);
      if (length == 0) {
        session.weird(weird, Integer.toString(reader.u8At(at)));
        return;
      }
      at += 2 + length;
    }
  }

  private static String rooted(String name) {
    return name.isEmpty() ? "<Root>" : name;
  }
}
