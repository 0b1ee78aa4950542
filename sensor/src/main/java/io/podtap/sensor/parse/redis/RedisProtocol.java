/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

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

/** Redis over TCP. */
public final class RedisProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("redis");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 6_379)
              .originator("*", Signature.alone(RedisSignature::isCommand))
              .responder("$*+-:", RedisSignature::answer)
              .parsers((with, list) -> list.add(new RedisProtocol(with.sink()))));

  final LogStream<RedisRow> log;

  /** Opens {@code redis.log}. */
  public RedisProtocol(LogSink sink) {
    this.log = sink.open(RedisRow.schema());
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
    return new RedisParser(this, session);
  }
}
