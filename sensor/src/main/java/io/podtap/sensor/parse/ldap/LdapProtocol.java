/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.ParserList;
import io.podtap.sensor.protocol.ParserResources;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** LDAP over TCP, and over UDP by way of {@link #overUdp}. */
public final class LdapProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("ldap_tcp");
  static final Service OVER_UDP = Service.named("ldap_udp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 389, 3_268)
              .bothEnds("0", Signature.alone(LdapSignature::isMessage))
              .carries(Service.NTLM, LdapSignature::hasNtlm)
              .carries(Service.KERBEROS, LdapSignature::hasKerberos)
              .carries(Service.GSSAPI, LdapSignature::hasKerberos)
              .traits(Trait.MAY_TURN_TO_TLS)
              .parsers(LdapProtocol::open),
          Declaration.of(OVER_UDP)
              .ports(Transport.UDP, 389)
              .serverPorts(Transport.UDP, 3_268)
              .datagramAtServerPort("0", Signature.alone(LdapSignature::isMessage)));

  final LogStream<LdapRow> log;
  final LogStream<LdapSearchRow> searchLog;

  /** Opens {@code ldap.log} and {@code ldap_search.log}. */
  public LdapProtocol(LogSink sink) {
    this.log = sink.open(LdapRow.schema());
    this.searchLog = sink.open(LdapSearchRow.schema());
  }

  private static void open(ParserResources with, ParserList list) {
    LdapProtocol ldap = new LdapProtocol(with.sink());
    list.add(ldap);
    list.add(ldap.overUdp());
  }

  /** Returns the same over UDP, writing to the same logs. */
  public DatagramProtocol overUdp() {
    return new DatagramProtocol() {
      @Override
      public Service service() {
        return OVER_UDP;
      }

      @Override
      public DatagramParser begin(Session session) {
        return new LdapDatagramParser(LdapProtocol.this, session);
      }
    };
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public boolean followsPartial() {
    return true;
  }

  @Override
  public StreamParser begin(Session session) {
    return new LdapParser(this, session);
  }
}
