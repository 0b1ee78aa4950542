/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;

/** TLS over UDP, into the same logs. */
final class DtlsProtocol implements DatagramProtocol {

  private final TlsProtocol protocol;

  DtlsProtocol(TlsProtocol protocol) {
    this.protocol = protocol;
  }

  @Override
  public Service service() {
    return TlsProtocol.DTLS;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new DtlsParser(protocol, session);
  }
}
