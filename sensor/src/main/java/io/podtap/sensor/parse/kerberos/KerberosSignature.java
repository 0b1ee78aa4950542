/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of Kerberos: an application tag, over TCP behind a length of four bytes.
 *
 * @see "RFC 4120 sections 5.10 and 7.2.2"
 */
final class KerberosSignature {

  private KerberosSignature() {}

  static boolean isMessage(Payload p) {
    return isTag(p.u8(0));
  }

  static boolean isMeasuredMessage(Payload p) {
    boolean measured = p.u8(5) >= 0x80 || p.u8(5) == p.length() - 6;
    return p.u32(0) == p.length() - 4L && isTag(p.u8(4)) && measured;
  }

  private static boolean isTag(int tag) {
    return (tag >= 0x6A && tag <= 0x6F) || tag == 0x7E;
  }
}
