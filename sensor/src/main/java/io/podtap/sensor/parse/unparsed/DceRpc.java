package io.podtap.sensor.parse.unparsed;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.protocol.Declaration;
import io.podtap.sensor.protocol.Signature;
import io.podtap.sensor.protocol.Transport;
import java.util.List;

/**
 * DCE/RPC over TCP.
 *
 * @see "C706 chapter 12"
 */
public final class DceRpc {

  private static final int HEADER_BYTES = 16;
  private static final int KIND_MAX = 19;

  public static final List<Declaration> DECLARATIONS =
      List.of(
          Declaration.of(Service.DCE_RPC)
              .serverPorts(Transport.TCP, 135)
              .bothEnds("\u0005", Signature.alone(DceRpc::isMessage)));

  private DceRpc() {}

  private static boolean isMessage(Payload p) {
    if (p.u8(0) != 5 || p.u8(1) > 1 || p.u8(2) > KIND_MAX || p.length() < HEADER_BYTES) {
      return false;
    }
    boolean little = (p.u8(4) & 0xF0) == 0x10;
    int length = little ? p.u8(8) | p.u8(9) << 8 : p.u16(8);
    return length >= HEADER_BYTES && (p.u8(4) & 0x0F) == 0;
  }
}
