package io.podtap.sensor.parse.quic;

import io.podtap.sensor.parse.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What {@code quic.log} says of a ClientHello; everything else is TLS's own.
 *
 * @param serverName host that the client asks for, or null
 * @param protocol the first protocol it offers, or null
 * @see "RFC 8446 section 4.1.2; RFC 6066 section 3; RFC 7301 section 3.1"
 */
record ClientHello(@Nullable String serverName, @Nullable String protocol) {

  static final int TYPE = 1;

  private static final int SERVER_NAME = 0;
  private static final int PROTOCOLS = 16;
  private static final int RANDOM_END = 38;

  /** Reads a handshake message; what is cut short or contradicts itself is not there. */
  static ClientHello read(Payload message) {
    int at = RANDOM_END;
    at += 1 + Math.max(message.u8(at), 0); // session
    at += 2 + Math.max(message.u16(at), 0); // cipher suites
    at += 1 + Math.max(message.u8(at), 0); // compression
    int end = Math.min(message.length(), at + 2 + Math.max(message.u16(at), 0));
    at += 2;
    String name = null;
    String protocol = null;
    while (at + 4 <= end) {
      int type = message.u16(at);
      int length = message.u16(at + 2);
      if (type == SERVER_NAME && name == null) {
        name = text(message, at + 7, message.u16(at + 7), 2, end);
      } else if (type == PROTOCOLS && protocol == null) {
        protocol = text(message, at + 6, message.u8(at + 6), 1, end);
      }
      at += 4 + length;
    }
    return new ClientHello(name, protocol);
  }

  private static @Nullable String text(
      Payload message, int at, int length, int lengthBytes, int end) {
    return length <= 0 || at + lengthBytes + length > end
        ? null
        : message.text(at + lengthBytes, length);
  }
}
