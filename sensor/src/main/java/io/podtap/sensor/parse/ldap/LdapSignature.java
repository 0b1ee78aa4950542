/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of LDAP: SEQUENCE { INTEGER, an operation.
 *
 * @see "RFC 4511 section 4.2 and following"
 */
final class LdapSignature {

  private static final int LOOK_BYTES_MAX = 1_024;

  /** Object identifiers of the mechanisms inside GSS-API, as they stand in the bytes. */
  private static final String OID_KERBEROS = "*\u0086H\u0086\u00f7\u0012\u0001\u0002\u0002";

  private static final String OID_KERBEROS_MICROSOFT =
      "*\u0086H\u0082\u00f7\u0012\u0001\u0002\u0002";

  private LdapSignature() {}

  static boolean isMessage(Payload p) {
    if (p.u8(0) != 0x30) {
      return false;
    }
    int at = p.u8(1) >= 0x80 ? 2 + (p.u8(1) & 0x7F) : 2;
    int idLength = p.u8(at + 1);
    return p.u8(at) == 2 && idLength >= 1 && idLength <= 4 && isOperation(p.u8(at + 2 + idLength));
  }

  private static boolean isOperation(int tag) {
    return switch (tag) {
      case 0x60,
          0x61,
          0x42,
          0x63,
          0x64,
          0x65,
          0x66,
          0x67,
          0x68,
          0x69,
          0x4A,
          0x6B,
          0x6C,
          0x6D,
          0x6E,
          0x6F,
          0x50,
          0x73,
          0x77,
          0x78,
          0x79 ->
          true;
      default -> false;
    };
  }

  static boolean hasNtlm(Payload p) {
    return p.contains("NTLMSSP\u0000", LOOK_BYTES_MAX);
  }

  static boolean hasKerberos(Payload p) {
    return p.contains(OID_KERBEROS, LOOK_BYTES_MAX)
        || p.contains(OID_KERBEROS_MICROSOFT, LOOK_BYTES_MAX);
  }
}
