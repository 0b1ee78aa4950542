/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.files.Files;
import io.podtap.sensor.parse.x509.Certificates;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.ParserList;
import io.podtap.sensor.protocol.ParserResources;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.FlowEvents;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** TLS over TCP, and inside of what says STARTTLS. */
public final class TlsProtocol implements StreamProtocol {

  private static final String HELLO_BYTES = "\u0016" + Signature.bytes(0x80, 0xFF);

  /** The same over UDP, which Zeek names apart. */
  static final Service DTLS = Service.named("dtls");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.SSL)
              .serverPorts(Transport.TCP, 443, 563, 585, 614, 636, 989, 990, 992, 993, 995, 5_223)
              .originator(HELLO_BYTES, Signature.alone(TlsSignature::isClientHello))
              .responder("\u0015\u0016", Signature.alone(TlsSignature::isServerHello))
              .middle("\u0014\u0015\u0016\u0017", Signature.alone(TlsSignature::isRecords))
              .tlsHello(Transport.TCP, TlsSignature::isClientHello)
              .traits(Trait.CARRIED, Trait.SEEN_BY_CARRIER)
              .parsers(TlsProtocol::open),
          Declaration.of(DTLS).datagram("\u0016", Signature.alone(TlsSignature::isDatagram)));

  final LogStream<TlsRow> log;

  /** Told of Diffie-Hellman parameters, with their bits, when detections want them. */
  final @Nullable FlowEvents parameters;

  /** Told of heartbeats, when detections want them. */
  final @Nullable LogStream<Heartbeats.Row> heartbeats;

  final Certificates certificates;
  final Files files;

  /**
   * Opens {@code ssl.log}.
   *
   * @param files where answers of OCSP go that servers send along
   * @param certificates where certificates go
   */
  public TlsProtocol(LogSink sink, Files files, Certificates certificates) {
    this.files = files;
    this.log = sink.open(TlsLog.schema());
    this.parameters = FlowEvents.of(sink, "ssl_dh_params");
    this.heartbeats = Heartbeats.events(sink);
    this.certificates = certificates;
  }

  /** Returns the same over UDP: DTLS. */
  public DatagramProtocol overUdp() {
    return new DtlsProtocol(this);
  }

  private static void open(ParserResources with, ParserList list) {
    TlsProtocol tls = new TlsProtocol(with.sink(), with.files(), with.certificates());
    list.add(tls);
    list.add(tls.overUdp());
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
