/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ber;

import io.podtap.sensor.parse.Session;

/**
 * Notes numbers that are longer than Zeek's reader of ASN.1 takes; it reads them as zero. The
 * records belong to no flow. Stateless.
 *
 * @see "ITU-T X.690 sections 8.3 and 8.19; Zeek: src/analyzer/protocol/asn1"
 */
public final class LongNumbers {

  private static final int INTEGER_BYTES_MAX = 8;
  private static final int ARC_BYTES_MAX = 10;

  private LongNumbers() {}

  /** Notes an integer of more than eight bytes. */
  public static void integer(Session session, Element element) {
    int bytes = element.content().length();
    if (bytes > INTEGER_BYTES_MAX) {
      session.weirdOfNobody("asn_binary_to_int64_shift_too_large", Integer.toString(bytes));
    }
  }

  /** Notes the first part of an object identifier that has more than ten bytes. */
  public static void identifier(Session session, Element element) {
    int length = element.content().length();
    int bytes = 0;
    for (int at = 0; at < length; at++) {
      bytes++;
      if ((element.content().u8(at) & 0x80) != 0) {
        continue;
      }
      if (bytes > ARC_BYTES_MAX && (element.content().u8(length - 1) & 0x80) == 0) {
        session.weirdOfNobody("asn_oid_subidentifier_too_long", Integer.toString(bytes));
        return;
      }
      bytes = 0;
    }
  }
}
