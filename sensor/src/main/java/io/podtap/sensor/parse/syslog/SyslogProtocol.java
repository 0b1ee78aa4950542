package io.podtap.sensor.parse.syslog;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** Syslog over UDP, and over TCP by way of {@link #overTcp}. */
public final class SyslogProtocol implements DatagramProtocol {

  private static final int PORT = 514;

  final LogStream<SyslogLog.Row> log;

  /** Opens {@code syslog.log}. */
  public SyslogProtocol(LogSink sink) {
    this.log = sink.open(SyslogLog.schema());
  }

  @Override
  public Service service() {
    return Service.SYSLOG;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == PORT;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new SyslogParser(this, session);
  }

  /** Returns the same over TCP, writing to the same log. */
  public StreamProtocol overTcp() {
    return new StreamProtocol() {
      @Override
      public Service service() {
        return Service.SYSLOG_TCP;
      }

      @Override
      public boolean isUsualPort(int responderPort) {
        return responderPort == PORT;
      }

      @Override
      public StreamParser begin(Session session) {
        return new SyslogStreamParser(SyslogProtocol.this, session);
      }
    };
  }
}
