/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.requests.Requests;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** MongoDB over TCP. */
public final class MongodbProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("mongodb");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 27_017)
              .originator(Declaration.ANY, Signature.alone(MongodbSignature::isRequest))
              .responder(Declaration.ANY, Signature.alone(MongodbSignature::isAnswer))
              .originatorOnly(MongodbSignature::isRequest)
              .responderOnly(MongodbSignature::isAnswer)
              .parsers((with, list) -> list.add(new MongodbProtocol(with.requests()))));

  final Requests requests;
  final CompressedMessage compressed = new CompressedMessage();

  /**
   * @param requests where connections count
   */
  public MongodbProtocol(Requests requests) {
    this.requests = requests;
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
    return new MongodbParser(this, session);
  }
}
