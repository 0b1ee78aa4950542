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
  static final int PORT = 6_379;

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, PORT)
              .originator("*", Signature.alone(RedisSignature::isCommand))
              .responder("$*+-:", RedisSignature::answer)
              .originatorOnly(RedisSignature::isFrequentCommand)
              .responderOnly(RedisSignature::isReply)
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
