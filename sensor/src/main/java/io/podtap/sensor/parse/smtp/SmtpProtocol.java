package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** SMTP over TCP. */
public final class SmtpProtocol implements StreamProtocol {

  final LogStream<SmtpRow> log;
  final Files files;

  /** Opens {@code smtp.log}. */
  public SmtpProtocol(LogSink sink, Files files) {
    this.log = sink.open(SmtpLog.schema());
    this.files = files;
  }

  @Override
  public Service service() {
    return Service.SMTP;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 25 || responderPort == 587;
  }

  @Override
  public StreamParser begin(Session session) {
    return new SmtpParser(this, session);
  }
}
