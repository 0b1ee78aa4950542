/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** SMTP over TCP. */
public final class SmtpProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("smtp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 25, 587)
              .originator("EHLASCNehlascn", SmtpSignature::command)
              .responder("245", SmtpSignature::greeting)
              .traits(Trait.SERVER_DECIDES)
              .parsers((with, list) -> list.add(new SmtpProtocol(with.sink(), with.files()))));

  final LogStream<SmtpRow> log;
  final Files files;

  /** Opens {@code smtp.log}. */
  public SmtpProtocol(LogSink sink, Files files) {
    this.log = sink.open(SmtpLog.schema());
    this.files = files;
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public StreamParser begin(Session session) {
    return new SmtpParser(this, session);
  }
}
