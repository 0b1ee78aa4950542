package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** SMB over TCP, directly or in a NetBIOS session. */
public final class SmbProtocol implements StreamProtocol {

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
    return Service.SMB;
  }

  @Override
  public StreamParser begin(Session session) {
    return new SmbParser(this, session);
  }
}
