/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.modbus;

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

/** Modbus over TCP. */
public final class ModbusProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("modbus");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 502)
              .bothEndsAtPort(Declaration.ANY, Signature.alone(ModbusMessages::isWhole))
              .middleAtPort(Declaration.ANY, Signature.alone(ModbusMessages::isWhole))
              .parsers((with, list) -> list.add(new ModbusProtocol(with.sink()))));

  final LogStream<ModbusRow> log;

  /** Opens {@code modbus.log}. */
  public ModbusProtocol(LogSink sink) {
    this.log = sink.open(ModbusRow.schema());
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
    return new ModbusParser(this, session);
  }
}
