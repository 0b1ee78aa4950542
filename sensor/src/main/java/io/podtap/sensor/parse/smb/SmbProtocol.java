/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** SMB over TCP, directly or in a NetBIOS session. */
public final class SmbProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("smb");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 139, 445)
              .bothEnds("\0", Signature.alone(SmbSignature::isMessage))
              .parsers((with, list) -> list.add(new SmbProtocol(with.sink(), with.files()))));

  final LogStream<SmbFileRow> fileLog;
  final LogStream<SmbMappingRow> mappingLog;
  final Files files;

  /** Opens {@code smb_files.log} and {@code smb_mapping.log}. */
  public SmbProtocol(LogSink sink, Files files) {
    this.fileLog = sink.open(SmbFileRow.schema());
    this.mappingLog = sink.open(SmbMappingRow.schema());
    this.files = files;
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
    return new SmbParser(this, session);
  }
}
