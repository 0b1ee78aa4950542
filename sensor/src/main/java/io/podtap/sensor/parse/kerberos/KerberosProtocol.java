package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** Kerberos over UDP, and over TCP by way of {@link #overTcp}. */
public final class KerberosProtocol implements DatagramProtocol {

  private static final int PORT = 88;

  final LogStream<KerberosRow> log;

  /** Opens {@code kerberos.log}. */
  public KerberosProtocol(LogSink sink) {
    this.log = sink.open(KerberosRow.schema());
  }

  @Override
  public Service service() {
    return Service.KERBEROS;
  }

  @Override
  public boolean isUsualPort(int responderPort) {
    return responderPort == PORT;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new KerberosParser(this, session, Service.KERBEROS);
  }

  /** Returns the same over TCP, writing to the same log. */
  public StreamProtocol overTcp() {
    return new StreamProtocol() {
      @Override
      public Service service() {
        return Service.KERBEROS_TCP;
      }

      @Override
      public boolean isUsualPort(int responderPort) {
        return responderPort == PORT;
      }

      @Override
      public StreamParser begin(Session session) {
        return new KerberosStreamParser(KerberosProtocol.this, session);
      }
    };
  }
}
