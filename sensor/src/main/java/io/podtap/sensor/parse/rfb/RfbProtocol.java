package io.podtap.sensor.parse.rfb;

import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import java.util.List;

/** RFB over TCP. */
public final class RfbProtocol {

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.named("rfb"))
              .bothEnds("R", Signature.alone(first -> first.has(0, "RFB 003."))));

  private RfbProtocol() {}
}
