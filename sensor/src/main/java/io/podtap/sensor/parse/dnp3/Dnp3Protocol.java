/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dnp3;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.ParserList;
import io.podtap.sensor.protocol.ParserResources;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** DNP3 over TCP, and over UDP by way of {@link #overUdp}. */
public final class Dnp3Protocol implements StreamProtocol {

  private static final int PORT = 20_000;

  static final Service SERVICE = Service.named("dnp3_tcp");
  static final Service OVER_UDP = Service.named("dnp3_udp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, PORT)
              .bothEnds("\u0005", Signature.alone(Dnp3Frames::begins))
              .parsers(Dnp3Protocol::open),
          Declaration.of(OVER_UDP)
              .ports(Transport.UDP, PORT)
              .datagramAtPort("\u0005", Signature.alone(Dnp3Frames::begins)));

  final LogStream<Dnp3Row> log;

  /** Opens {@code dnp3.log}. */
  public Dnp3Protocol(LogSink sink) {
    this.log = sink.open(Dnp3Row.schema());
  }

  private static void open(ParserResources with, ParserList list) {
    Dnp3Protocol dnp3 = new Dnp3Protocol(with.sink());
    list.add(dnp3);
    list.add(dnp3.overUdp());
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
    return new Dnp3Parser(this, session, SERVICE);
  }

  /** Returns the same over UDP, writing to the same log. */
  public DatagramProtocol overUdp() {
    return new DatagramProtocol() {
      @Override
      public Service service() {
        return OVER_UDP;
      }

      @Override
      public DatagramParser begin(Session session) {
        return new Dnp3Parser(Dnp3Protocol.this, session, OVER_UDP);
      }
    };
  }
}
