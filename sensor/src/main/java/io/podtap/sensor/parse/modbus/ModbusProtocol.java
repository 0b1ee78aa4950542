package io.podtap.sensor.parse.modbus;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/** Modbus over TCP. */
public final class ModbusProtocol {

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.named("modbus"))
              .serverPorts(Transport.TCP, 502)
              .bothEndsAtPort(Declaration.ANY, Signature.alone(ModbusProtocol::isMessage)));

  private ModbusProtocol() {}

  /** Transaction, protocol 0, length of unit, function and data. */
  private static boolean isMessage(Payload p) {
    return p.u16(2) == 0 && p.u16(4) >= 2 && p.u16(4) <= 254 && p.u16(4) == p.length() - 6;
  }
}
