/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.radius;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** RADIUS over UDP. */
public final class RadiusProtocol implements DatagramProtocol {

  static final Service SERVICE = Service.named("radius");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.UDP, 1_812)
              .contentPorts(Transport.UDP, 1_813) // accounting
              .datagramAtPort(Declaration.ANY, Signature.alone(RadiusSignature::isMessage))
              .parsers((with, list) -> list.add(new RadiusProtocol(with.sink()))));

  final LogStream<RadiusRow> log;

  /** Opens {@code radius.log}. */
  public RadiusProtocol(LogSink sink) {
    this.log = sink.open(RadiusRow.schema());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new RadiusParser(this, session);
  }
}
