/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dcerpc;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** DCE-RPC over TCP; carriers of pipes ask for it as what is inside. */
public final class DcerpcProtocol implements StreamProtocol {

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.DCE_RPC)
              .ports(Transport.TCP, 135)
              .bothEnds("\u0005", Signature.alone(Pdu::beginsWith))
              .parsers((with, list) -> list.add(new DcerpcProtocol(with.sink()))));

  final LogStream<DcerpcRow> log;

  /** Opens {@code dce_rpc.log}. */
  public DcerpcProtocol(LogSink sink) {
    this.log = sink.open(DcerpcRow.schema());
  }

  @Override
  public Service service() {
    return Service.DCE_RPC;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new DcerpcParser(this, session);
  }
}
