/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.amqp;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.requests.Requests;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** AMQP over TCP. */
public final class AmqpProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("amqp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 5_672)
              .originator("A", Signature.alone(AmqpSignature::isClientHeader))
              .responder("A\u0001", Signature.alone(AmqpSignature::isServerHeader))
              .middle(Declaration.ANY, Signature.alone(AmqpSignature::isFrame))
              .responderOnly(AmqpSignature::isStart)
              .parsers((with, list) -> list.add(new AmqpProtocol(with.requests()))));

  private final Requests requests;

  /**
   * @param requests where connections count
   */
  public AmqpProtocol(Requests requests) {
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
    return new AmqpParser(requests, session);
  }
}
