package io.podtap.sensor.detect;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;

/** Tells by both ends' first bytes what a flow carries. Stateless. */
public final class ServiceDetector {

  /** Bit of a guess: bytes came, and they are nothing that is known. */
  private static final long UNKNOWN = 1L << 63;

  /** Text protocols: what the client says is like too many others to hold without the server. */
  private static final long SERVER_DECIDES =
      Service.FTP.bit()
          | Service.SMTP.bit()
          | Service.POP3.bit()
          | Service.IMAP.bit()
          | Service.IRC.bit()
          | Service.RDP.bit();

  /** What one end's bytes alone show, once both agree on the protocol that carries it. */
  private static final long CARRIED =
      Service.WEBSOCKET.bit()
          | Service.NTLM.bit()
          | Service.KERBEROS.bit()
          | Service.GSSAPI.bit()
          | Service.SSL.bit();

  /** What the parser of the protocol around it tells. */
  private static final long SEEN_BY_CARRIER = Service.WEBSOCKET.bit() | Service.SSL.bit();

  /** Not named in a connection whose beginning was not seen, as by Zeek's analyzers. */
  private static final long NEEDS_BEGINNING =
      SERVER_DECIDES | Service.HTTP.bit() | Service.WEBSOCKET.bit();

  private static final long MAY_START_TLS =
      SERVER_DECIDES
          | Service.LDAP_TCP.bit()
          | Service.XMPP.bit()
          | Service.POSTGRESQL.bit()
          | Service.MYSQL.bit()
          | Service.SOCKS.bit()
          | Service.QUIC.bit();

  private ServiceDetector() {}

  /**
   * Looks at the first bytes of one end; may be asked again with more of them while nothing is
   * known.
   *
   * @param first from the end's first byte on; in the middle any segment
   * @param isMiddle whether the end's first byte was not seen
   * @return bits of services that it may be, 0 for nothing known
   */
  public static long look(
      Guesses guesses, Flow flow, boolean fromOriginator, Payload first, boolean isMiddle) {
    long guess =
        flow.protocol() == IpProtocol.UDP
            ? DatagramSignatures.guess(first, flow.originatorPort(), flow.responderPort())
            : StreamSignatures.guess(first, fromOriginator, flow.responderPort());
    if (guess == 0 && isMiddle) {
      guess = MiddleSignatures.guess(first, flow.responderPort());
    }
    if (fromOriginator) {
      guesses.originator = guess == 0 ? UNKNOWN : guess;
    } else {
      guesses.responder = guess == 0 ? UNKNOWN : guess;
    }
    return guess;
  }

  /**
   * Returns whether a segment in the middle of a connection is what the other end would send: who
   * opened the connection was not seen, and the guess was wrong.
   */
  public static boolean isReversed(boolean fromOriginator, Payload segment) {
    return fromOriginator
        ? MiddleSignatures.isServers(segment)
        : MiddleSignatures.isClients(segment);
  }

  /** Returns whether an end's bytes have told something. */
  public static boolean isKnown(Guesses guesses, boolean fromOriginator) {
    return ((fromOriginator ? guesses.originator : guesses.responder) & ~UNKNOWN) != 0;
  }

  /** Returns whether both ends have spoken. */
  public static boolean areBothHeard(Guesses guesses) {
    return guesses.originator != 0 && guesses.responder != 0;
  }

  /**
   * Returns whether what the flow carries may turn to TLS after a while: a text protocol, or QUIC
   * whose hello comes behind packets that came too early.
   */
  public static boolean mayTurnToTls(Guesses guesses) {
    return (agreed(guesses) & MAY_START_TLS) != 0;
  }

  /** Returns whether the bytes are a TLS client's first. */
  public static boolean isTlsHello(Flow flow, Payload payload) {
    return flow.protocol() == IpProtocol.UDP
        ? DatagramSignatures.isQuicHello(payload)
        : StreamSignatures.isTlsHello(payload);
  }

  /**
   * Returns what both ends agree on, as far as no parser decides it: bits of services.
   *
   * @param parsed bits of services that have a parser, which knows better, also of what they carry
   */
  public static long decide(Guesses guesses, Flow flow, long parsed) {
    long decided = flow.partial ? agreed(guesses) & ~NEEDS_BEGINNING : agreed(guesses);
    long known = (decided & parsed) != 0 ? parsed | SEEN_BY_CARRIER : parsed;
    return decided & ~known;
  }

  /**
   * Returns whether a service that a parser is sure of is named in {@code conn.log}: Zeek's parsers
   * of some do not look into connections whose beginning was not seen.
   */
  public static boolean isNamed(Flow flow, Service service) {
    return !flow.partial || (NEEDS_BEGINNING & service.bit()) == 0;
  }

  private static long agreed(Guesses guesses) {
    long originator = guesses.originator;
    long responder = guesses.responder;
    if (responder == 0) {
      return originator & ~UNKNOWN & ~SERVER_DECIDES;
    }
    if (originator == 0) {
      return onlyOne(responder & ~UNKNOWN);
    }
    if (responder == UNKNOWN) {
      return originator & ~UNKNOWN & ~SERVER_DECIDES;
    }
    if (originator == UNKNOWN) {
      return onlyOne(responder);
    }
    long both = originator & responder;
    return both == 0 ? 0 : both | ((originator | responder) & CARRIED);
  }

  /** A greeting that several protocols share decides nothing. */
  private static long onlyOne(long guess) {
    return Long.bitCount(guess) == 1 ? guess : 0;
  }
}
