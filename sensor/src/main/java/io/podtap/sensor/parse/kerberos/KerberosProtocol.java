/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.MessageProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.x509.Certificates;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.ParserList;
import io.podtap.sensor.protocol.ParserResources;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/**
 * Kerberos over UDP, over TCP by way of {@link #overTcp}, inside other protocols by way of {@link
 * #insideMessages}.
 */
public final class KerberosProtocol implements DatagramProtocol {

  private static final int PORT = 88;

  static final Service OVER_TCP = Service.named("krb_tcp");

  /** Tags of requests of clients and of what KDCs answer. */
  private static final String EXCHANGES = "jklm~";

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.KERBEROS)
              .ports(Transport.UDP, PORT)
              .datagramAtPort(
                  Signature.bytes(0x60, 0x7F), Signature.alone(KerberosSignature::isMessage))
              .datagram(EXCHANGES, Signature.alone(KerberosSignature::isExchange))
              .traits(Trait.CARRIED)
              .parsers(KerberosProtocol::open),
          Declaration.of(OVER_TCP)
              .ports(Transport.TCP, PORT)
              .bothEndsAtPort("\0", Signature.alone(KerberosSignature::isMeasuredMessage))
              .bothEnds("\0", Signature.alone(KerberosSignature::isMeasuredExchange)));

  final LogStream<KerberosRow> log;

  final Certificates certificates;

  /**
   * Opens {@code kerberos.log}.
   *
   * @param certificates where certificates go with which clients and KDCs sign
   */
  public KerberosProtocol(LogSink sink, Certificates certificates) {
    this.log = sink.open(KerberosRow.schema());
    this.certificates = certificates;
  }

  private static void open(ParserResources with, ParserList list) {
    KerberosProtocol kerberos = new KerberosProtocol(with.sink(), with.certificates());
    list.add(kerberos);
    list.add(kerberos.overTcp());
    list.add(kerberos.insideMessages());
  }

  @Override
  public Service service() {
    return Service.KERBEROS;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new KerberosParser(this, session, Service.KERBEROS);
  }

  /** Returns the same inside the messages of other protocols, writing to the same log. */
  public MessageProtocol insideMessages() {
    return new MessageProtocol() {
      @Override
      public Service service() {
        return Service.KERBEROS;
      }

      @Override
      public MessageParser begin(Session session) {
        return new KerberosMessageParser(KerberosProtocol.this, session);
      }
    };
  }

  /** Returns the same over TCP, writing to the same log. */
  public StreamProtocol overTcp() {
    return new StreamProtocol() {
      @Override
      public Service service() {
        return OVER_TCP;
      }

      @Override
      public StreamParser begin(Session session) {
        return new KerberosStreamParser(KerberosProtocol.this, session);
      }
    };
  }
}
