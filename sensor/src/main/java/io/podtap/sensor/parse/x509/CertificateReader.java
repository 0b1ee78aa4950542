/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.x509;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.der.DerElement;
import io.podtap.sensor.parse.der.DerException;
import java.math.BigInteger;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads one certificate, as leniently as OpenSSL does: what it needs not know it does not judge.
 *
 * @see "RFC 5280 sections 4.1 and 4.2.1"
 */
final class CertificateReader {

  /** Kinds of a subject's alternative names (RFC 5280 section 4.2.1.6). */
  private static final int EMAIL = 0x81;

  private static final int DNS_NAME = 0x82;
  private static final int URI = 0x86;
  private static final int ADDRESS = 0x87;

  private static final int NAMES_MAX = 1_024;
  private static final int EXTENSIONS_MAX = 128;
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final long IPV4_MAPPED = 0xFFFFL << 32;

  /** Where oddities are noted, by Zeek's names. */
  @FunctionalInterface
  interface Weirds {

    void note(String name, String detail);
  }

  private final CertificateRow row;
  private final Weirds weirds;

  private CertificateReader(CertificateRow row, Weirds weirds) {
    this.row = row;
    this.weirds = weirds;
  }

  /**
   * Reads a certificate.
   *
   * @param encoded DER, from the wire
   * @param row what is filled in
   * @return null when it cannot be read, which is noted
   */
  static @Nullable CertificateRow read(byte[] encoded, CertificateRow row, Weirds weirds) {
    CertificateReader reader = new CertificateReader(row, weirds);
    try {
      reader.certificate(new Payload(encoded));
      return row;
    } catch (DerException e) {
      weirds.note("x509_cert_parse_error", "");
      return null;
    }
  }

  private void certificate(Payload data) throws DerException {
    Payload whole = DerElement.take(data, DerElement.SEQUENCE).content();
    Payload signed = DerElement.take(whole, DerElement.SEQUENCE).content();
    Payload algorithm = DerElement.take(whole, DerElement.SEQUENCE).content();
    row.signature = AlgorithmNames.signature(DerElement.take(algorithm).objectIdentifier());
    DerElement.take(whole, DerElement.BIT_STRING);
    if (DerElement.isNext(signed, DerElement.context(0, true))) {
      Payload version = DerElement.take(signed).content();
      row.version = (int) DerElement.take(version, DerElement.INTEGER).number() + 1;
    }
    row.serial = DerElement.take(signed, DerElement.INTEGER).hexNumber();
    DerElement.take(signed, DerElement.SEQUENCE); // the algorithm once more
    row.issuer = CertificateName.read(DerElement.take(signed, DerElement.SEQUENCE)).text();
    Payload validity = DerElement.take(signed, DerElement.SEQUENCE).content();
    row.validFromNs = time(DerElement.take(validity));
    row.validToNs = time(DerElement.take(validity));
    CertificateName subject = CertificateName.read(DerElement.take(signed, DerElement.SEQUENCE));
    row.subject = subject.text();
    row.commonName = subject.commonName();
    key(DerElement.take(signed, DerElement.SEQUENCE).content());
    while (!signed.isEmpty()) {
      DerElement optional = DerElement.take(signed);
      if (optional.tag() == DerElement.context(3, true)) {
        extensions(DerElement.take(optional.content(), DerElement.SEQUENCE).content());
      }
    }
  }

  /** Returns nanoseconds since 1970; 0 for a time that cannot be read, as in Zeek. */
  private long time(DerElement time) throws DerException {
    int length = time.content().length();
    int last = time.content().u8(length - 1);
    String problem =
        switch (time.tag()) {
          case DerElement.UTC_TIME ->
              length < 11 || length > 17 ? "x509_utc_length" : last != 'Z' ? "x509_utc_format" : "";
          case DerElement.GENERALIZED_TIME ->
              length < 12 || length > 23 ? "x509_gen_time_length" : "";
          default -> throw new DerException("not a time");
        };
    if (!problem.isEmpty()) {
      weirds.note(problem, "");
      return 0;
    }
    try {
      return TimeUnit.SECONDS.toNanos(time.time());
    } catch (DerException e) {
      weirds.note("x509_time_add_char", "");
      return 0;
    }
  }

  private void key(Payload info) throws DerException {
    Payload algorithm = DerElement.take(info, DerElement.SEQUENCE).content();
    String identifier = DerElement.take(algorithm).objectIdentifier();
    DerElement bits = DerElement.take(info, DerElement.BIT_STRING);
    row.keyAlgorithm = AlgorithmNames.algorithm(identifier);
    try {
      key(row.keyAlgorithm, algorithm, bits.bits());
    } catch (DerException e) {
      row.keyType = null; // a key that cannot be read has no kind, as in Zeek
      row.keyBits = LogSchema.UNSET;
    }
  }

  private void key(String name, Payload parameters, Payload bits) throws DerException {
    switch (name) {
      case "rsaEncryption", "rsa", "md5WithRSAEncryption", "rsassaPss" -> {
        Payload numbers = DerElement.take(bits, DerElement.SEQUENCE).content();
        DerElement modulus = DerElement.take(numbers, DerElement.INTEGER);
        byte[] exponent = DerElement.take(numbers, DerElement.INTEGER).bytes();
        boolean isPss = name.equals("rsassaPss");
        known(isPss ? "RSA-PSS" : "rsa", modulus.bitLength());
        row.exponent = isPss ? null : new BigInteger(1, exponent).toString();
      }
      case "dsaEncryption", "dsaEncryption-old" -> {
        Payload numbers = DerElement.take(parameters, DerElement.SEQUENCE).content();
        known("dsa", DerElement.take(numbers, DerElement.INTEGER).bitLength());
      }
      case "dhKeyAgreement", "X9.42 DH" -> {
        Payload numbers = DerElement.take(parameters, DerElement.SEQUENCE).content();
        String type = name.startsWith("X9") ? "DHX" : "DH";
        known(type, DerElement.take(numbers, DerElement.INTEGER).bitLength());
      }
      case "id-ecPublicKey" -> curve(parameters);
      case "X25519" -> known(name, 253);
      case "X448" -> known(name, 448);
      case "ED25519" -> known(name, 256);
      case "ED448" -> known(name, 456);
      default -> {
        if (name.startsWith("ML-") || name.startsWith("SLH-")) {
          known(name, 8L * bits.length());
        }
      }
    }
  }

  private void known(String type, long bits) {
    row.keyType = type;
    row.keyBits = bits > 0 ? bits : LogSchema.UNSET;
  }

  /** A curve by name, or by its numbers, of which the order is the fourth or fifth. */
  private void curve(Payload parameters) throws DerException {
    if (DerElement.isNext(parameters, DerElement.OBJECT_IDENTIFIER)) {
      AlgorithmNames.Curve named =
          AlgorithmNames.curve(DerElement.take(parameters).objectIdentifier());
      if (named != null) {
        known(named.name().equals("SM2") ? "SM2" : "ecdsa", named.orderBits());
        row.curve = named.name();
      }
      return;
    }
    Payload numbers = DerElement.take(parameters, DerElement.SEQUENCE).content();
    DerElement.take(numbers, DerElement.INTEGER);
    DerElement.take(numbers, DerElement.SEQUENCE); // the field
    DerElement.take(numbers, DerElement.SEQUENCE); // the curve
    DerElement.take(numbers, DerElement.OCTET_STRING); // where it begins
    known("ecdsa", DerElement.take(numbers, DerElement.INTEGER).bitLength());
  }

  private void extensions(Payload list) throws DerException {
    for (int i = 0; i < EXTENSIONS_MAX && !list.isEmpty(); i++) {
      Payload one = DerElement.take(list, DerElement.SEQUENCE).content();
      String identifier = DerElement.take(one).objectIdentifier();
      if (DerElement.isNext(one, DerElement.BOOLEAN)) {
        DerElement.take(one); // whether it is critical
      }
      Payload value = DerElement.take(one, DerElement.OCTET_STRING).content();
      if (identifier.equals(ALTERNATIVE_NAMES)) {
        row.hasAlternatives = true;
        alternatives(value);
      } else if (identifier.equals(BASIC_CONSTRAINTS)) {
        constraints(value);
      }
    }
  }

  private void constraints(Payload value) {
    try {
      Payload constraints = DerElement.take(value, DerElement.SEQUENCE).content();
      boolean isAuthority = false;
      if (DerElement.isNext(constraints, DerElement.BOOLEAN)) {
        isAuthority = DerElement.take(constraints).number() != 0;
      }
      if (!constraints.isEmpty()) {
        row.pathLength = DerElement.take(constraints, DerElement.INTEGER).number();
      }
      row.isAuthority = isAuthority;
      row.hasConstraints = true;
    } catch (DerException e) {
      weirds.note("x509_invalid_basic_constraint", "");
    }
  }

  private void alternatives(Payload value) {
    Payload check = new Payload().wrap(value, 0, value.length());
    try {
      Payload names = DerElement.take(check, DerElement.SEQUENCE).content();
      while (!names.isEmpty()) {
        DerElement.take(names); // all or nothing
      }
      names = DerElement.take(value, DerElement.SEQUENCE).content();
      for (int i = 0; i < NAMES_MAX && !names.isEmpty(); i++) {
        alternative(DerElement.take(names));
      }
    } catch (DerException e) {
      weirds.note("x509_san_parse_error", "");
    }
  }

  private void alternative(DerElement name) {
    Payload content = name.content();
    switch (name.tag()) {
      case EMAIL -> row.emails.add(content.text(0, content.length()));
      case DNS_NAME -> row.dnsNames.add(content.text(0, content.length()));
      case URI -> row.uris.add(content.text(0, content.length()));
      case ADDRESS -> {
        switch (content.length()) {
          case 4 -> row.addresses.add(address(0, IPV4_MAPPED | content.u32(0)));
          case 16 ->
              row.addresses.add(
                  address(
                      content.u32(0) << 32 | content.u32(4),
                      content.u32(8) << 32 | content.u32(12)));
          default -> weirds.note("x509_san_ip_length", String.valueOf(content.length()));
        }
      }
      default -> {}
    }
  }

  private static String address(long high, long low) {
    LineBuffer out = new LineBuffer(48);
    out.address(high, low);
    return out.toString();
  }
}
