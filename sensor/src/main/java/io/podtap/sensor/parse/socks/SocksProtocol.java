/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.socks;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.tunnel.TunnelRecorder;
import java.util.List;

/** SOCKS over TCP. */
public final class SocksProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("socks");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 1_080)
              .originator("\u0004\u0005", Signature.alone(SocksSignature::isRequest))
              .responder("\0\u0005", Signature.alone(SocksSignature::isAnswer))
              .traits(Trait.MAY_TURN_TO_TLS)
              .parsers((with, list) -> list.add(new SocksProtocol(with.sink(), with.tunnels()))));

  final LogStream<SocksRow> log;
  final TunnelRecorder tunnels;

  /** Opens {@code socks.log}. */
  public SocksProtocol(LogSink sink, TunnelRecorder tunnels) {
    this.log = sink.open(SocksRow.schema());
    this.tunnels = tunnels;
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public StreamParser begin(Session session) {
    return new SocksParser(this, session);
  }
}
