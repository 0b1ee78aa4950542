package io.podtap.sensor.parse.irc;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Declaration.Trait;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** IRC over TCP. */
public final class IrcProtocol {

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.named("irc"))
              .serverPorts(Transport.TCP, 6_666, 6_667, 6_668, 6_669)
              .originator("UPACSNupacsn", Signature.shared(IrcSignature::isCommand))
              .responder(":NPE", Signature.alone(IrcSignature::isAnswer))
              .traits(Trait.SERVER_DECIDES));

  private IrcProtocol() {}
}
