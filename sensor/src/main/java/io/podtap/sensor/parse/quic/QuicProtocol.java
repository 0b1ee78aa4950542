package io.podtap.sensor.parse.quic;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** QUIC over UDP. */
public final class QuicProtocol implements DatagramProtocol {

  final LogStream<QuicLog.Row> log;
  final InitialDecryptor decryptor = new InitialDecryptor();

  /** Opens {@code quic.log}. */
  public QuicProtocol(LogSink sink) {
    this.log = sink.open(QuicLog.schema());
  }

  @Override
  public Service service() {
    return Service.QUIC;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == 443 || responderPort == 853; // HTTP/3, DNS
  }

  @Override
  public DatagramParser begin(Session session) {
    return new QuicParser(this, session);
  }
}
