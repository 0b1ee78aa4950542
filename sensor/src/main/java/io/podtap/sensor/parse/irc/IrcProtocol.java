/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.irc;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** IRC over TCP. */
public final class IrcProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("irc");

  /** A file on a connection of its own. */
  static final Service DATA = Service.named("irc-dcc-data", "IRC_DATA");

  private static final int PORT_MIN = 6_666;
  private static final int PORT_MAX = 6_669;

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, PORT_MIN, 6_667, 6_668, PORT_MAX)
              .originator("UPACSNupacsn", Signature.shared(IrcSignature::isCommand))
              .responder(":NPE", Signature.alone(IrcSignature::isAnswer))
              .traits(Trait.SERVER_DECIDES)
              .parsers((with, list) -> list.add(new IrcProtocol(with.sink(), with.files()))),
          Declaration.of(DATA));

  final LogStream<IrcRow> log;
  final Files files;

  /** Opens {@code irc.log}. */
  public IrcProtocol(LogSink sink, Files files) {
    this.log = sink.open(IrcRow.schema());
    this.files = files;
  }

  static boolean isPort(int responderPort) {
    return responderPort >= PORT_MIN && responderPort <= PORT_MAX;
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
    return new IrcParser(this, session);
  }
}
