/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of SMB, behind the header of a NetBIOS session.
 *
 * @see "[MS-SMB2] 2.1; RFC 1002 section 4.3.1"
 */
final class SmbSignature {

  private SmbSignature() {}

  static boolean isMessage(Payload p) {
    boolean isVersion1 = p.has(4, "SMB") && p.u8(3) >= 0 && p.u8(0) == 0;
    return isVersion1 || (p.u8(0) == 0 && p.has(5, "SMB") && p.u8(4) >= 0xFD);
  }
}
