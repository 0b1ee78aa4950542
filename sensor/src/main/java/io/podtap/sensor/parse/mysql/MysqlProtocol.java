/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

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
import java.util.List;

/** MySQL over TCP. */
public final class MysqlProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("mysql");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 1_434, 3_306)
              .responder(Declaration.ANY, Signature.alone(MysqlSignature::isGreeting))
              .traits(Trait.MAY_TURN_TO_TLS)
              .parsers((with, list) -> list.add(new MysqlProtocol(with.sink()))));

  final LogStream<MysqlRow> log;

  /** Opens {@code mysql.log}. */
  public MysqlProtocol(LogSink sink) {
    this.log = sink.open(MysqlRow.schema());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new MysqlParser(this, session);
  }
}
