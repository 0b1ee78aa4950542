/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import static io.podtap.sensor.parse.der.DerText.element;
import static io.podtap.sensor.parse.der.DerText.identifier;
import static io.podtap.sensor.parse.der.DerText.marked;
import static io.podtap.sensor.parse.der.DerText.sequence;
import static io.podtap.sensor.parse.der.DerText.text;

import io.podtap.sensor.parse.der.DerElement;

/** Writes certificates as hexadecimal digits; their signatures are none. */
public final class CertificateText {

  static final String RSA_KEY =
      key(
          "1.2.840.113549.1.1.1",
          element(DerElement.NULL),
          sequence(
              element(DerElement.INTEGER, "00c1" + "11".repeat(127)),
              element(DerElement.INTEGER, "010001")));

  private CertificateText() {}

  static String key(String algorithm, String parameters, String bits) {
    return sequence(
        sequence(identifier(algorithm), parameters), element(DerElement.BIT_STRING, "00" + bits));
  }

  /** Returns one attribute of a name. */
  static String attribute(String type, int tag, String value) {
    return element(DerElement.SET, sequence(identifier(type), text(tag, value)));
  }

  static String name(String commonName) {
    return sequence(
        attribute("2.5.4.6", 0x13, "DE"), attribute(CertificateName.COMMON_NAME, 0x0C, commonName));
  }

  static String extension(String identifier, String value) {
    return sequence(identifier(identifier), element(DerElement.OCTET_STRING, value));
  }

  /** Returns one with all parts as given. */
  static String whole(String subject, String from, String key, String... extensions) {
    String algorithm = sequence(identifier("1.2.840.113549.1.1.11"), element(DerElement.NULL));
    String signed =
        sequence(
            marked(0, element(DerElement.INTEGER, "02")),
            element(DerElement.INTEGER, "00ab"),
            algorithm,
            name("issuer"),
            sequence(from, text(DerElement.UTC_TIME, "300101000000Z")),
            subject,
            key,
            extensions.length == 0 ? "" : marked(3, sequence(extensions)));
    return sequence(signed, algorithm, element(DerElement.BIT_STRING, "00" + "ee".repeat(16)));
  }

  /** Returns one of a host. */
  public static String certificate(String commonName, String... extensions) {
    String from = text(DerElement.UTC_TIME, "200101000000Z");
    return whole(name(commonName), from, RSA_KEY, extensions);
  }
}
