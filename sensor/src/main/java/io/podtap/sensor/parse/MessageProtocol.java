/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

/**
 * A protocol whose messages travel inside those of others. One object for each analysis, made with
 * the logs that its parsers write to. Carriers know the service, not the protocol: they ask for the
 * parser by {@link Session#messages}.
 */
public interface MessageProtocol {

  /** Returns what it is called, and asked for as. */
  Service service();

  /** Makes the parser of one flow's messages. */
  MessageParser begin(Session session);
}
