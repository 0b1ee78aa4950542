/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntp;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** NTP over UDP. */
public final class NtpProtocol implements DatagramProtocol {

  static final Service SERVICE = Service.named("ntp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.UDP, 123)
              .datagramAtPort(Declaration.ANY, Signature.alone(NtpSignature::isMessage))
              .parsers((with, list) -> list.add(new NtpProtocol(with.sink()))));

  final LogStream<NtpLog.Row> log;

  /** Opens {@code ntp.log}. */
  public NtpProtocol(LogSink sink) {
    this.log = sink.open(NtpLog.schema());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new NtpParser(this, session);
  }
}
