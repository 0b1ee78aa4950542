/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rdp;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.StreamProtocol;
import io.podtap.sensor.parse.x509.Certificates;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.List;

/** RDP over TCP; over UDP it is recognised alone. */
public final class RdpProtocol implements StreamProtocol {

  static final Service SERVICE = Service.named("rdp");
  private static final Service OVER_UDP = Service.named("rdpeudp");

  /** What is declared of the protocol. */
  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .ports(Transport.TCP, 3_389)
              .bothEnds("\u0003", Signature.alone(RdpSignature::isConnection))
              .traits(Trait.SERVER_DECIDES)
              .parsers((with, list) -> list.add(new RdpProtocol(with.sink(), with.certificates()))),
          Declaration.of(OVER_UDP)
              .serverPorts(Transport.UDP, 3_389)
              .datagramAtServerPort(Declaration.ANY, Signature.alone(_ -> true))
              .carries(Service.SSL, RdpSignature::isDtls));

  final LogStream<RdpRow> log;

  final Certificates certificates;

  /**
   * Opens {@code rdp.log}.
   *
   * @param certificates where servers' certificates go
   */
  public RdpProtocol(LogSink sink, Certificates certificates) {
    this.log = sink.open(RdpRow.schema());
    this.certificates = certificates;
  }

  @Override
  public Service service() {
    return SERVICE;
  }

  @Override
  public StreamParser begin(Session session) {
    return new RdpParser(this, session);
  }
}
