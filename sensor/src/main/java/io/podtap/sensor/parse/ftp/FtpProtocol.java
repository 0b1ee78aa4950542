package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** FTP control connections. */
public final class FtpProtocol implements StreamProtocol {

  final LogStream<FtpRow> log;
  final Files files;

  /** Opens {@code ftp.log}. */
  public FtpProtocol(LogSink sink, Files files) {
    this.log = sink.open(FtpLog.schema());
    this.files = files;
  }

  @Override
  public Service service() {
    return Service.FTP;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 21 || responderPort == 2_811;
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
