package io.podtap.sensor.parse.socks;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.tunnel.TunnelRecorder;

/** SOCKS over TCP. */
public final class SocksProtocol implements StreamProtocol {

  final LogStream<SocksRow> log;
  final TunnelRecorder tunnels;

  /** Opens {@code socks.log}. */
  public SocksProtocol(LogSink sink, TunnelRecorder tunnels) {
    this.log = sink.open(SocksRow.schema());
    this.tunnels = tunnels;
  }

  @Override
  public Service service() {
    return Service.SOCKS;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 1_080;
  }

  @Override
  public StreamParser begin(Session session) {
    return new SocksParser(this, session);
  }
}
