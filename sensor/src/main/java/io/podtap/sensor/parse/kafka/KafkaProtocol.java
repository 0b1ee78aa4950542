/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kafka;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.requests.Requests;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** Kafka over TCP. */
public final class KafkaProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("kafka");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 9_092)
              .originator("\0", Signature.alone(KafkaSignature::isRequest))
              .originatorOnly(KafkaSignature::isRequest)
              .parsers((with, list) -> list.add(new KafkaProtocol(with.requests()))));

  private final Requests requests;

  /**
   * @param requests where connections count
   */
  public KafkaProtocol(Requests requests) {
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
    return new KafkaParser(requests, session);
  }
}
