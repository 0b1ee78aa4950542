/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rdp;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of RDP: TPKT with a connection request or confirm of X.224 in it; over UDP the port
 * tells.
 *
 * @see "[MS-RDPBCGR] 2.2.1.1 and 2.2.1.2; RFC 1006 section 6; RFC 6347 section 4.1"
 */
final class RdpSignature {

  private static final int CONNECTION_REQUEST = 0xE0;
  private static final int CONNECTION_CONFIRM = 0xD0;

  private RdpSignature() {}

  static boolean isConnection(Payload p) {
    boolean isCode = p.u8(5) == CONNECTION_REQUEST || p.u8(5) == CONNECTION_CONFIRM;
    return p.u16(0) == 0x0300 && p.u16(2) <= p.length() && isCode;
  }

  static boolean isDtls(Payload p) {
    return p.u8(0) == 0x16 && (p.u16(1) == 0xFEFF || p.u16(1) == 0xFEFD) && p.u16(11) > 0;
  }
}
