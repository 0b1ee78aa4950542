/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ocsp;

import static io.podtap.sensor.parse.der.DerText.element;
import static io.podtap.sensor.parse.der.DerText.identifier;
import static io.podtap.sensor.parse.der.DerText.marked;
import static io.podtap.sensor.parse.der.DerText.sequence;
import static io.podtap.sensor.parse.der.DerText.text;

import io.podtap.sensor.parse.der.DerElement;

/** Writes answers of OCSP as hexadecimal digits (RFC 6960 section 4.2.1). */
public final class OcspText {

  private static final String SHA_1 = "1.3.14.3.2.26";
  private static final String BASIC = "1.3.6.1.5.5.7.48.1.1";
  private static final String THIS_UPDATE = "20240101000000Z";

  private OcspText() {}

  /** Returns what is said of one certificate. */
  public static String single(String hash, String serial, String status, String more) {
    return sequence(
        sequence(
            sequence(identifier(hash), element(DerElement.NULL)),
            element(DerElement.OCTET_STRING, "aa".repeat(20)),
            element(DerElement.OCTET_STRING, "bb".repeat(20)),
            element(DerElement.INTEGER, serial)),
        status,
        text(DerElement.GENERALIZED_TIME, THIS_UPDATE),
        more);
  }

  /** As above, of a certificate that is good. */
  public static String good(String serial) {
    return single(SHA_1, serial, element(0x80), "");
  }

  /** As above, of one that was revoked. */
  public static String revoked(String serial, int reason) {
    String why =
        reason < 0 ? "" : marked(0, element(DerElement.ENUMERATED, String.format("%02x", reason)));
    String status = marked(1, text(DerElement.GENERALIZED_TIME, "20230101000000Z"), why);
    return single(SHA_1, serial, status, "");
  }

  /** Returns an answer that says all of this. */
  public static String answer(String... singles) {
    String said =
        sequence(
            marked(2, element(DerElement.OCTET_STRING, "cc".repeat(20))),
            text(DerElement.GENERALIZED_TIME, THIS_UPDATE),
            sequence(singles));
    String basic =
        sequence(
            said,
            sequence(identifier("1.2.840.113549.1.1.11"), element(DerElement.NULL)),
            element(DerElement.BIT_STRING, "00" + "dd".repeat(32)));
    return sequence(
        element(DerElement.ENUMERATED, "00"),
        marked(0, sequence(identifier(BASIC), element(DerElement.OCTET_STRING, basic))));
  }
}
