/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntlm;

import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.MessageProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** NTLM inside other protocols. */
public final class NtlmProtocol implements MessageProtocol {

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.NTLM)
              .traits(Trait.CARRIED)
              .parsers((with, list) -> list.add(new NtlmProtocol(with.sink()))));

  final LogStream<NtlmRow> log;

  /** Opens {@code ntlm.log}. */
  public NtlmProtocol(LogSink sink) {
    this.log = sink.open(NtlmRow.schema());
  }

  @Override
  public Service service() {
    return Service.NTLM;
  }

  @Override
  public MessageParser begin(Session session) {
    return new NtlmParser(this, session);
  }
}
