/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.x509;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.der.DerElement;
import io.podtap.sensor.parse.der.DerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A name in a certificate as text, the most special part first; escapes and names of attributes are
 * OpenSSL's. One character a byte of what stands in the log.
 *
 * @see "RFC 5280 section 4.1.2.4; RFC 2253 section 2.4"
 */
final class CertificateName {

  /** Bytes shown, as in Zeek. */
  private static final int LENGTH_MAX = 2_047;

  private static final int ATTRIBUTES_MAX = 256;

  private static final int UTF8_STRING = 0x0C;
  private static final int NUMERIC_STRING = 0x12;
  private static final int PRINTABLE_STRING = 0x13;
  private static final int TELETEX_STRING = 0x14;
  private static final int IA5_STRING = 0x16;
  private static final int VISIBLE_STRING = 0x1A;
  private static final int UNIVERSAL_STRING = 0x1C;
  private static final int BMP_STRING = 0x1E;

  static final String COMMON_NAME = "2.5.4.3";

  private static final Map<String, String> ATTRIBUTES =
      Map.ofEntries(
          Map.entry(COMMON_NAME, "CN"),
          Map.entry("2.5.4.4", "SN"),
          Map.entry("2.5.4.5", "serialNumber"),
          Map.entry("2.5.4.6", "C"),
          Map.entry("2.5.4.7", "L"),
          Map.entry("2.5.4.8", "ST"),
          Map.entry("2.5.4.9", "street"),
          Map.entry("2.5.4.10", "O"),
          Map.entry("2.5.4.11", "OU"),
          Map.entry("2.5.4.12", "title"),
          Map.entry("2.5.4.13", "description"),
          Map.entry("2.5.4.14", "searchGuide"),
          Map.entry("2.5.4.15", "businessCategory"),
          Map.entry("2.5.4.16", "postalAddress"),
          Map.entry("2.5.4.17", "postalCode"),
          Map.entry("2.5.4.18", "postOfficeBox"),
          Map.entry("2.5.4.19", "physicalDeliveryOfficeName"),
          Map.entry("2.5.4.20", "telephoneNumber"),
          Map.entry("2.5.4.41", "name"),
          Map.entry("2.5.4.42", "GN"),
          Map.entry("2.5.4.43", "initials"),
          Map.entry("2.5.4.44", "generationQualifier"),
          Map.entry("2.5.4.45", "x500UniqueIdentifier"),
          Map.entry("2.5.4.46", "dnQualifier"),
          Map.entry("2.5.4.65", "pseudonym"),
          Map.entry("2.5.4.72", "role"),
          Map.entry("2.5.4.97", "organizationIdentifier"),
          Map.entry("2.5.4.98", "c3"),
          Map.entry("2.5.4.99", "n3"),
          Map.entry("2.5.4.100", "dnsName"),
          Map.entry("0.9.2342.19200300.100.1.1", "UID"),
          Map.entry("0.9.2342.19200300.100.1.3", "mail"),
          Map.entry("0.9.2342.19200300.100.1.25", "DC"),
          Map.entry("1.2.840.113549.1.9.1", "emailAddress"),
          Map.entry("1.2.840.113549.1.9.2", "unstructuredName"),
          Map.entry("1.2.840.113549.1.9.8", "unstructuredAddress"),
          Map.entry("1.2.643.3.131.1.1", "INN"),
          Map.entry("1.2.643.100.1", "OGRN"),
          Map.entry("1.2.643.100.3", "SNILS"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
          Map.entry("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"));

  /**
   * One attribute.
   *
   * @param continues whether it stands beside the one before, in the same part
   */
  private record Attribute(String type, DerElement value, boolean continues) {}

  private final String text;
  private final String commonName;

  private CertificateName(String text, String commonName) {
    this.text = text;
    this.commonName = commonName;
  }

  /** Returns the whole. */
  String text() {
    return text;
  }

  /** Returns the last common name without escapes, or an empty text. */
  String commonName() {
    return commonName;
  }

  /**
   * Reads a name.
   *
   * @throws DerException when it is none
   */
  static CertificateName read(DerElement name) throws DerException {
    List<Attribute> attributes = new ArrayList<>(8);
    Payload parts = name.content();
    while (!parts.isEmpty() && attributes.size() < ATTRIBUTES_MAX) {
      Payload part = DerElement.take(parts, DerElement.SET).content();
      for (boolean first = true; !part.isEmpty(); first = false) {
        Payload pair = DerElement.take(part, DerElement.SEQUENCE).content();
        String type = DerElement.take(pair).objectIdentifier();
        attributes.add(new Attribute(type, DerElement.take(pair), !first));
      }
    }
    StringBuilder out = new StringBuilder();
    String commonName = "";
    for (int i = attributes.size() - 1; i >= 0; i--) {
      Attribute attribute = attributes.get(i);
      write(out, attribute);
      if (i > 0) {
        out.append(attribute.continues ? '+' : ',');
      }
      if (commonName.isEmpty() && attribute.type.equals(COMMON_NAME)) {
        commonName = utf8(attribute.value);
      }
    }
    out.setLength(Math.min(out.length(), LENGTH_MAX));
    return new CertificateName(out.toString(), commonName);
  }

  private static void write(StringBuilder out, Attribute attribute) {
    String name = ATTRIBUTES.get(attribute.type);
    out.append(name == null ? attribute.type : name).append('=');
    if (name == null || !isText(attribute.value.tag())) {
      out.append('#');
      dump(out, attribute.value);
    } else {
      escape(out, utf8(attribute.value));
    }
  }

  private static boolean isText(int tag) {
    return switch (tag) {
      case UTF8_STRING,
          NUMERIC_STRING,
          PRINTABLE_STRING,
          TELETEX_STRING,
          IA5_STRING,
          VISIBLE_STRING,
          UNIVERSAL_STRING,
          BMP_STRING,
          DerElement.UTC_TIME,
          DerElement.GENERALIZED_TIME ->
          true;
      default -> false;
    };
  }

  /** Writes tag, length and content in hexadecimal. */
  private static void dump(StringBuilder out, DerElement value) {
    HexFormat hex = HexFormat.of().withUpperCase();
    byte[] content = value.bytes();
    out.append(hex.toHexDigits((byte) value.tag()));
    if (content.length >= 0x80) {
      int bytes = content.length > 0xFFFF ? 3 : content.length > 0xFF ? 2 : 1;
      out.append(hex.toHexDigits((byte) (0x80 | bytes)));
      out.append(hex.toHexDigits(content.length, 2 * bytes));
    } else {
      out.append(hex.toHexDigits((byte) content.length));
    }
    out.append(hex.formatHex(content));
  }

  /** Returns a text's UTF-8, one character a byte. */
  private static String utf8(DerElement value) {
    Payload content = value.content();
    String bytes = content.text(0, content.length());
    if (value.tag() == UTF8_STRING) {
      return bytes;
    }
    String characters = bytes;
    if (value.tag() == BMP_STRING) {
      characters = new String(value.bytes(), StandardCharsets.UTF_16BE);
    } else if (value.tag() == UNIVERSAL_STRING) {
      StringBuilder wide = new StringBuilder();
      for (int at = 0; at + 4 <= content.length(); at += 4) {
        long point = content.u32(at);
        wide.appendCodePoint(point <= Character.MAX_CODE_POINT ? (int) point : 0xFFFD);
      }
      characters = wide.toString();
    }
    return new String(characters.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static void escape(StringBuilder out, String value) {
    HexFormat hex = HexFormat.of().withUpperCase();
    int last = value.length() - 1;
    for (int i = 0; i <= last; i++) {
      char c = value.charAt(i);
      boolean isSpecial = ",+\"\\<>;".indexOf(c) >= 0;
      boolean isEdge = (i == 0 && (c == ' ' || c == '#')) || (i == last && c == ' ');
      if (isSpecial || isEdge) {
        out.append('\\').append(c);
      } else if (c < ' ' || c >= 0x7F) {
        out.append('\\').append(hex.toHexDigits((byte) c));
      } else {
        out.append(c);
      }
    }
  }
}
