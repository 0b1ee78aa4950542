/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.postgresql;

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

/** PostgreSQL over TCP. */
public final class PostgresqlProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("postgresql");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 5_432)
              .originator("\0", Signature.alone(PostgresqlSignature::isStartup))
              .responder("SNR", Signature.alone(PostgresqlSignature::isAnswer))
              .middle("QPB", Signature.alone(PostgresqlSignature::isClientMessages))
              .originatorOnly(PostgresqlSignature::isClientMessages)
              .traits(Trait.MAY_TURN_TO_TLS)
              .parsers((with, list) -> list.add(new PostgresqlProtocol(with.sink()))));

  final LogStream<PostgresqlRow> log;

  /** Opens {@code postgresql.log}. */
  public PostgresqlProtocol(LogSink sink) {
    this.log = sink.open(PostgresqlRow.schema());
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
    return new PostgresqlParser(this, session);
  }
}
