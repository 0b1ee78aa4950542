package io.podtap.sensor.parse.ssh;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** SSH over TCP. */
public final class SshProtocol implements StreamProtocol {

  final LogStream<SshRow> log;

  /** Opens {@code ssh.log}. */
  public SshProtocol(LogSink sink) {
    this.log = sink.open(SshLog.schema());
  }

  @Override
  public Service service() {
    return Service.SSH;
  }

  @Override
  public StreamParser begin(Session session) {
    return new SshParser(this, session);
  }
}
