package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/** TLS over TCP, and inside of what says STARTTLS. */
public final class TlsProtocol implements StreamProtocol {

  final LogStream<TlsRow> log;
  final CertificateLog certificates;

  private static final long CERTIFICATE_BYTES_MAX = 4 << 20;

  /** Opens {@code ssl.log} and {@code x509.log}. */
  public TlsProtocol(LogSink sink) {
    this(sink, CERTIFICATE_BYTES_MAX);
  }

  /**
   * As above.
   *
   * @param certificateBytesMax heap for certificates that were seen
   */
  public TlsProtocol(LogSink sink, long certificateBytesMax) {
    this.log = sink.open(TlsLog.schema());
    this.certificates = new CertificateLog(sink, certificateBytesMax);
  }

  /** Returns the same over UDP: DTLS. */
  public DatagramProtocol overUdp() {
    return new DtlsProtocol(this);
  }

  @Override
  public Service service() {
    return Service.SSL;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new TlsParser(this, session);
  }
}
