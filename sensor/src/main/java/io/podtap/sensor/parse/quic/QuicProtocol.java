/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** QUIC over UDP. */
public final class QuicProtocol implements DatagramProtocol {

  static final Service SERVICE = Service.named("quic");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.UDP, 443)
              .parsedPorts(Transport.UDP, 853) // DNS
              .datagram(Signature.bytes(0xC0, 0xFF), Signature.alone(QuicSignature::isLongHeader))
              .carries(Service.SSL, QuicSignature::isHello)
              .tlsHello(Transport.UDP, QuicSignature::isHello)
              .traits(Trait.MAY_TURN_TO_TLS)
              .parsers((with, list) -> list.add(new QuicProtocol(with.sink()))));

  final LogStream<QuicLog.Row> log;
  final InitialDecryptor decryptor = new InitialDecryptor();

  /** Opens {@code quic.log}. */
  public QuicProtocol(LogSink sink) {
    this.log = sink.open(QuicLog.schema());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new QuicParser(this, session);
  }
}
