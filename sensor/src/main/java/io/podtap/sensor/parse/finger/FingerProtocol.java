/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.finger;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** Finger over TCP: found by its port alone, never certain. */
public final class FingerProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("finger");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 79)
              .parsers((_, list) -> list.add(new FingerProtocol())));

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public StreamParser begin(Session session) {
    return new FingerParser(session);
  }
}
