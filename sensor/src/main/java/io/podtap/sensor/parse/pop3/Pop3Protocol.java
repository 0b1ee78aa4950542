/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pop3;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** POP3 over TCP. */
public final class Pop3Protocol implements StreamProtocol {

  static final Service SERVICE = Service.named("pop3");

  private static final int PORT = 110;

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, PORT)
              .originator("UACSuacs", Signature.shared(Pop3Protocol::isCommand))
              .responder("+-", Signature.shared(p -> p.has(0, "+OK") || p.has(0, "-ERR")))
              .traits(Trait.SERVER_DECIDES)
              .parsers((with, list) -> list.add(new Pop3Protocol(with.files()))));

  final Files files;

  /** Makes parsers that hand mails to {@code files}. */
  public Pop3Protocol(Files files) {
    this.files = files;
  }

  /** Returns whether whatever goes to a port is taken for POP3. */
  static boolean isOwnPort(int port) {
    return port == PORT;
  }

  private static boolean isCommand(Payload p) {
    return p.begins("USER ")
        || p.begins("APOP ")
        || p.begins("AUTH")
        || p.begins("CAPA")
        || p.begins("STLS");
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public StreamParser begin(Session session) {
    return new Pop3Parser(this, session);
  }
}
