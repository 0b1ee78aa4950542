package io.podtap.sensor.parse.dnp3;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** DNP3 over TCP. */
public final class Dnp3Protocol {

  private static final int START = 0x0564;

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.named("dnp3_tcp"))
              .serverPorts(Transport.TCP, 20_000)
              .serverPorts(Transport.UDP, 20_000)
              .bothEnds("\u0005", Signature.alone(first -> first.u16(0) == START)));

  private Dnp3Protocol() {}
}
