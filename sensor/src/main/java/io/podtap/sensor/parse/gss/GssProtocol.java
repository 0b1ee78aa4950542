/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.gss;

import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.MessageProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import java.util.List;

/** GSS-API tokens inside other protocols. */
public final class GssProtocol implements MessageProtocol {

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.GSSAPI)
              .traits(Trait.CARRIED)
              .parsers((with, list) -> list.add(new GssProtocol())));

  @Override
  public Service service() {
    return Service.GSSAPI;
  }

  @Override
  public MessageParser begin(Session session) {
    return new GssParser(session);
  }
}
