/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ssh;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.FlowEvents;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SSH over TCP. */
public final class SshProtocol implements StreamProtocol {

  /** Where one end's greeting is enough. */
  static final int PORT = 22;

  static final Service SERVICE = Service.named("ssh");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, PORT)
              .bothEnds("S", Signature.alone(SshSignature::isVersion))
              .traits(Trait.INTERACTIVE)
              .parsers((with, list) -> list.add(new SshProtocol(with.sink()))));

  final LogStream<SshRow> log;

  /** Told of every greeting when detections want them. */
  final @Nullable FlowEvents versions;

  /** Opens {@code ssh.log}. */
  public SshProtocol(LogSink sink) {
    this.log = sink.open(SshLog.schema());
    this.versions = FlowEvents.of(sink, "ssh_version");
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public StreamParser begin(Session session) {
    return new SshParser(this, session);
  }
}
