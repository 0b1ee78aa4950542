package io.podtap.sensor.parse.radius;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** RADIUS over UDP. */
public final class RadiusProtocol implements DatagramProtocol {

  final LogStream<RadiusRow> log;

  /** Opens {@code radius.log}. */
  public RadiusProtocol(LogSink sink) {
    this.log = sink.open(RadiusRow.schema());
  }

  @Override
  public Service service() {
    return Service.RADIUS;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 1_812;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new RadiusParser(this, session);
  }
}
