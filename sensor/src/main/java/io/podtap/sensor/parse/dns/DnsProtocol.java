/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

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

/** DNS over UDP, and over TCP by way of {@link #overTcp}. */
public final class DnsProtocol implements DatagramProtocol {

  static final Service SERVICE = Service.named("dns");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 53)
              .ports(Transport.UDP, 53, 137, 5_353, 5_355) // with NetBIOS, mDNS, LLMNR
              .bothEndsAtPort(Declaration.ANY, Signature.alone(DnsSignature::isMeasuredMessage))
              .middleAtPort(Declaration.ANY, Signature.alone(DnsSignature::isWholeMessage))
              .datagramAtPort(Declaration.ANY, Signature.alone(DnsSignature::isMessage))
              .traits(Trait.SHORT_SESSIONS)
              .parsers(DnsProtocol::open));

  final LogStream<DnsTransaction> log;
  final DnsMessageReader reader = new DnsMessageReader();
  final AnswerText answers = new AnswerText(reader);
  final UpdateText updates = new UpdateText(reader, answers);

  /** Opens {@code dns.log}. */
  public DnsProtocol(LogSink sink) {
    this.log = sink.open(DnsLog.schema());
  }

  private static void open(ParserResources with, ParserList list) {
    DnsProtocol dns = new DnsProtocol(with.sink());
    list.add(dns);
    list.add(dns.overTcp());
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public DatagramParser begin(Session session) {
    return new DnsParser(this, session);
  }

  /** Returns the same over TCP, writing to the same log. */
  public StreamProtocol overTcp() {
    return new StreamProtocol() {
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
        return new DnsStreamParser(DnsProtocol.this, session);
      }
    };
  }
}
