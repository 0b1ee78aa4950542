/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.ber.Element;
import org.jspecify.annotations.Nullable;

/**
 * Finds the certificate in pre-authentication data in which a client or a KDC signs a public key.
 * Stateless.
 *
 * <pre>
 *   request: 30 { 80 signed data ... }          answer: a0 { 30 { 80 signed data ... } }
 *   signed data: 30 { identifier, a0 { 30 { version, digests, content, certificates ... } } }
 * </pre>
 *
 * @see "RFC 4556 sections 3.2.1 and 3.2.3; RFC 5652 sections 3 and 5.1"
 */
final class SignedKeys {

  /** Kinds of pre-authentication data: PA-PK-AS-REQ and PA-PK-AS-REP. */
  static final int REQUEST = 16;

  static final int RESPONSE = 17;

  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int SIGNED = 0x80;
  private static final int FIRST = 0xA0;

  private SignedKeys() {}

  /**
   * Returns the first certificate, DER. Where there is none (an anonymous client has no
   * certificate) it is what stands in the place of certificates, which Zeek takes for one.
   *
   * @param data content of the pre-authentication data
   * @return null when the data are not signed
   */
  static @Nullable Payload certificate(int kind, Payload data) {
    Payload inside = data;
    if (kind == RESPONSE) {
      inside = content(inside, FIRST); // a key agreement; an encrypted key has another tag
    }
    Payload signed = content(content(content(inside, SEQUENCE), SIGNED), SEQUENCE);
    if (Element.take(signed).tag() != OBJECT_IDENTIFIER) {
      return null;
    }
    Payload fields = content(content(signed, FIRST), SEQUENCE);
    Element.take(fields); // version
    Element.take(fields); // digest algorithms
    Element.take(fields); // content
    Element place = Element.take(fields);
    if (place.tag() < 0) {
      return null;
    }
    Payload certificates = place.content();
    Payload rest = new Payload().wrap(certificates, 0, certificates.length());
    Element.take(rest);
    return new Payload().wrap(certificates, 0, certificates.length() - rest.length());
  }

  /** Returns the content of the next element, or nothing when it has another tag. */
  private static Payload content(Payload data, int tag) {
    Element element = Element.take(data);
    return element.tag() == tag ? element.content() : new Payload();
  }
}
