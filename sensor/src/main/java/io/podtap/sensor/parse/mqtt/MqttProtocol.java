/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mqtt;

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

/** MQTT over TCP. */
public final class MqttProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("mqtt");
  static final int PORT = 1_883;

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, PORT)
              .originator("\u0010", Signature.alone(MqttSignature::isConnect))
              .responder(" ", Signature.alone(MqttSignature::isAcknowledgment))
              .middle(
                  Signature.bytes(0x30, 0x3F) + "\u0082\u00a2",
                  Signature.alone(MqttSignature::isMessage))
              .originatorOnly(MqttSignature::isSubscription)
              .responderOnly(MqttSignature::isGrant)
              .parsers((with, list) -> list.add(new MqttProtocol(with.sink()))));

  final LogStream<MqttRows.Connect> connectLog;
  final LogStream<MqttRows.Publish> publishLog;
  final LogStream<MqttRows.Subscribe> subscribeLog;

  /** Opens the three logs of MQTT. */
  public MqttProtocol(LogSink sink) {
    this.connectLog = sink.open(MqttRows.connectSchema());
    this.publishLog = sink.open(MqttRows.publishSchema());
    this.subscribeLog = sink.open(MqttRows.subscribeSchema());
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
    return new MqttParser(this, session);
  }
}
