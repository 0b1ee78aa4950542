package io.podtap.sensor.parse.sip;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** SIP over UDP. */
public final class SipProtocol implements DatagramProtocol {

  final LogStream<SipRow> log;

  /** Opens {@code sip.log}. */
  public SipProtocol(LogSink sink) {
    this.log = sink.open(SipRow.schema());
  }

  @Override
  public Service service() {
    return Service.SIP;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 5_060;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new SipParser(this, session);
  }
}
