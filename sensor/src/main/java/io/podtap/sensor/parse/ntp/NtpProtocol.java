package io.podtap.sensor.parse.ntp;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** NTP over UDP. */
public final class NtpProtocol implements DatagramProtocol {

  final LogStream<NtpLog.Row> log;

  /** Opens {@code ntp.log}. */
  public NtpProtocol(LogSink sink) {
    this.log = sink.open(NtpLog.schema());
  }

  @Override
  public Service service() {
    return Service.NTP;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 123;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new NtpParser(this, session);
  }
}
