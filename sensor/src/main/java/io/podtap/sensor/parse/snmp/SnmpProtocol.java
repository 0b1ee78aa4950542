/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.snmp;

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

/** SNMP over UDP. */
public final class SnmpProtocol implements DatagramProtocol {

  static final Service SERVICE = Service.named("snmp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.UDP, 161, 162)
              .datagramAtPort("0", Signature.alone(SnmpSignature::isMessage))
              .parsers((with, list) -> list.add(new SnmpProtocol(with.sink()))));

  final LogStream<SnmpRow> log;

  /** Opens {@code snmp.log}. */
  public SnmpProtocol(LogSink sink) {
    this.log = sink.open(SnmpRow.schema());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new SnmpParser(this, session);
  }
}
