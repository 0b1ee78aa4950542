package io.podtap.sensor.parse.snmp;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** SNMP over UDP. */
public final class SnmpProtocol implements DatagramProtocol {

  final LogStream<SnmpRow> log;

  /** Opens {@code snmp.log}. */
  public SnmpProtocol(LogSink sink) {
    this.log = sink.open(SnmpRow.schema());
  }

  @Override
  public Service service() {
    return Service.SNMP;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 161 || responderPort == 162;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new SnmpParser(this, session);
  }
}
