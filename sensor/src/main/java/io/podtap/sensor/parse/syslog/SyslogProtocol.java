/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.syslog;

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

/** Syslog over UDP, and over TCP by way of {@link #overTcp}. */
public final class SyslogProtocol implements DatagramProtocol {

  private static final int PORT = 514;

  static final Service SERVICE = Service.named("syslog");
  static final Service OVER_TCP = Service.named("syslog_tcp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.UDP, PORT)
              .datagramAtPort("<", Signature.alone(SyslogSignature::isMessage))
              .parsers(SyslogProtocol::open),
          Declaration.of(OVER_TCP)
              .ports(Transport.TCP, PORT)
              .originator("<0123456789", Signature.alone(SyslogSignature::isMeasuredMessage)));

  final LogStream<SyslogLog.Row> log;

  /** Opens {@code syslog.log}. */
  public SyslogProtocol(LogSink sink) {
    this.log = sink.open(SyslogLog.schema());
  }

  private static void open(ParserResources with, ParserList list) {
    SyslogProtocol syslog = new SyslogProtocol(with.sink());
    list.add(syslog);
    list.add(syslog.overTcp());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new SyslogParser(this, session);
  }

  /** Returns the same over TCP, writing to the same log. */
  public StreamProtocol overTcp() {
    return new StreamProtocol() {
      @Override
      public Service service() {
        return OVER_TCP;
      }

      @Override
      public StreamParser begin(Session session) {
        return new SyslogStreamParser(SyslogProtocol.this, session);
      }
    };
  }
}
