/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rfb;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** RFB over TCP. */
public final class RfbProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("rfb");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .bothEnds("R", Signature.alone(first -> first.has(0, "RFB 003.")))
              .parsers((with, list) -> list.add(new RfbProtocol(with.sink()))));

  final LogStream<RfbRow> log;

  /** Opens {@code rfb.log}. */
  public RfbProtocol(LogSink sink) {
    this.log = sink.open(RfbRow.schema());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public StreamParser begin(Session session) {
    return new RfbParser(this, session);
  }
}
