/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.sip;

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

/** SIP over UDP. */
public final class SipProtocol implements DatagramProtocol {

  static final Service SERVICE = Service.named("sip");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.UDP, 5_060)
              .serverPorts(Transport.TCP, 5_060)
              .originator(Declaration.ANY, Signature.alone(SipSignature::isRequest))
              .responder("S", Signature.alone(SipSignature::isAnswer))
              .datagram(Declaration.ANY, Signature.alone(SipSignature::isDatagram))
              .parsers((with, list) -> list.add(new SipProtocol(with.sink()))));

  final LogStream<SipRow> log;

  /** Opens {@code sip.log}. */
  public SipProtocol(LogSink sink) {
    this.log = sink.open(SipRow.schema());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new SipParser(this, session);
  }
}
