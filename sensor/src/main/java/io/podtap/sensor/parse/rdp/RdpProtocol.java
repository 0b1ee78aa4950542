package io.podtap.sensor.parse.rdp;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** RDP over TCP and UDP. */
public final class RdpProtocol {

  static final Service SERVICE = Service.named("rdp");
  private static final Service OVER_UDP = Service.named("rdpeudp");

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(SERVICE)
              .serverPorts(Transport.TCP, 3_389)
              .bothEnds("\u0003", Signature.alone(RdpSignature::isConnection))
              .traits(Trait.SERVER_DECIDES),
          Declaration.of(OVER_UDP)
              .serverPorts(Transport.UDP, 3_389)
              .datagramAtServerPort(Declaration.ANY, Signature.alone(_ -> true))
              .carries(Service.SSL, RdpSignature::isDtls));

  private RdpProtocol() {}
}
