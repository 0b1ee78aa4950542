/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.protocol;

import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.MessageProtocol;
import io.podtap.sensor.parse.StreamProtocol;

/** Takes the protocols of one analysis. */
public interface ParserList {

  /** Adds a protocol over TCP, which is begun on the ports that its service declares. */
  void add(StreamProtocol protocol);

  /** Adds a protocol over UDP, which is begun on the ports that its service declares. */
  void add(DatagramProtocol protocol);

  /** Adds a protocol that travels inside the messages of others, which ask for it by service. */
  void add(MessageProtocol protocol);
}
