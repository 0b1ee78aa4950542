/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.FlowEvents;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** FTP control connections. */
public final class FtpProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("ftp");
  static final Service DATA = Service.named("ftp-data", "FTP_DATA");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 21, 2_811)
              .originator("UPACSFOupacsfo", FtpSignature::command)
              .responder("245", FtpSignature::greeting)
              .traits(Trait.SERVER_DECIDES, Trait.INTERACTIVE)
              .parsers((with, list) -> list.add(new FtpProtocol(with.sink(), with.files()))),
          Declaration.of(DATA));

  final LogStream<FtpRow> log;

  /** Told of every reply when detections want them. */
  final @Nullable FlowEvents replies;

  final Files files;

  /** Opens {@code ftp.log}. */
  public FtpProtocol(LogSink sink, Files files) {
    this.log = sink.open(FtpLog.schema());
    this.replies = FlowEvents.of(sink, "ftp_reply");
    this.files = files;
  }

  /** Returns whether whatever goes to a port is taken for FTP. */
  static boolean isOwnPort(int port) {
    return port == 21 || port == 2_811;
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
    return new FtpParser(this, session);
  }
}
