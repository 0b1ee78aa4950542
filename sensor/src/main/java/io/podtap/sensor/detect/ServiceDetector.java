package io.podtap.sensor.detect;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;

/**
 * Gathers both ends' guesses and decides. Stateless: what it remembers is in the flow.
 *
 * <p>Text protocols may turn to TLS after a while, so their originators are watched for a TLS hello
 * over a few more payloads.
 */
public final class ServiceDetector {

  /** Bit of a guess: bytes came, and they are nothing that is known. */
  static final long UNKNOWN = 1L << 63;

  /** Payloads looked at while waiting for a TLS hello. */
  private static final int PAYLOADS_MAX = 40;

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

  private final int enough;

  /**
   * @param enough value of {@link Flow#detection} that asks for no more payload
   */
  public ServiceDetector(int enough) {
    this.enough = enough;
  }

  /** Looks at one payload of a flow that is still of interest. */
  public void onPayload(Flow flow, boolean fromOriginator, Payload payload) {
    long known = fromOriginator ? flow.originatorGuess : flow.responderGuess;
    if (known == 0) {
      long guess =
          flow.protocol() == IpProtocol.UDP
              ? DatagramSignatures.guess(payload, flow.originatorPort(), flow.responderPort())
              : StreamSignatures.guess(payload, fromOriginator, flow.responderPort());
      guess = guess == 0 ? UNKNOWN : guess;
      if (fromOriginator) {
        flow.originatorGuess = guess;
      } else {
        flow.responderGuess = guess;
      }
    } else if (fromOriginator && isHello(flow, payload)) {
      flow.services |= Service.SSL.bit();
      flow.detection = enough;
      return;
    }
    flow.detection++;
    if (isDecided(flow)) {
      flow.detection = enough;
    }
  }

  /** A text protocol turns to TLS; or QUIC's hello comes behind packets that came too early. */
  private static boolean isHello(Flow flow, Payload payload) {
    return flow.protocol() == IpProtocol.UDP
        ? DatagramSignatures.isQuicHello(payload)
        : StreamSignatures.isTlsHello(payload);
  }

  private static boolean isDecided(Flow flow) {
    if (flow.detection >= PAYLOADS_MAX) {
      return true;
    }
    return flow.originatorGuess != 0
        && flow.responderGuess != 0
        && (agreed(flow) & MAY_START_TLS) == 0;
  }

  /** Notes the decision in the flow: it has ended. */
  public void decide(Flow flow) {
    flow.services |= flow.partial ? agreed(flow) & ~NEEDS_BEGINNING : agreed(flow);
  }

  private static long agreed(Flow flow) {
    long originator = flow.originatorGuess;
    long responder = flow.responderGuess;
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
