package io.podtap.sensor.parse.tls;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.parse.Digests;
import io.podtap.sensor.parse.Holdings;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.hello.ClientHello;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads handshake messages into a row, however they came.
 *
 * @see "RFC 8446 section 4; RFC 5246 section 7.4"
 */
final class Handshake {

  static final int HEADER_LENGTH = 4;

  private static final int SERVER_HELLO = 2;
  private static final int CERTIFICATE = 11;
  private static final int SERVER_KEY_EXCHANGE = 12;
  private static final int CLIENT_KEY_EXCHANGE = 16;
  private static final int NAMED_CURVE = 3;
  private static final int CERTIFICATES_MAX = 16;

  /** What a letter of the history stands for; Z for every other type. */
  private static final String LETTERS = "hcsvtejzozzxkrnygzzzfwuap";

  static final int CONTENT_CHANGE_OF_CIPHER = 20;
  static final int CONTENT_ALERT = 21;
  static final int CONTENT_HANDSHAKE = 22;
  static final int CONTENT_HEARTBEAT = 24;

  private final Session session;
  private final TlsProtocol protocol;
  private final boolean datagrams;
  private @Nullable TlsRow row;
  private @Nullable ClientHello offered;
  private boolean keysExchanged;
  private boolean clientReady;
  private boolean serverReady;
  private boolean logged;
  private final Holdings offerHeld;
  private final Holdings rowHeld;

  private Handshake(Session session, TlsProtocol protocol, boolean datagrams) {
    this.session = session;
    this.protocol = protocol;
    this.datagrams = datagrams;
    this.offerHeld = new Holdings(session.account());
    this.rowHeld = new Holdings(session.account());
  }

  static Handshake ofStream(Session session, TlsProtocol protocol) {
    return new Handshake(session, protocol, false);
  }

  /** Hellos of DTLS have a cookie more. */
  static Handshake ofDatagrams(Session session, TlsProtocol protocol) {
    return new Handshake(session, protocol, true);
  }

  /** Returns what is known; null before the first message. */
  @Nullable TlsRow row() {
    return row;
  }

  /** Writes the record of a handshake that is over; returns whether it is. */
  boolean logIfOver() {
    if (row != null && row.established) {
      log();
    }
    return logged;
  }

  /** Writes the record of what is known, once. */
  void log() {
    if (row != null && !logged) {
      logged = true;
      protocol.log.write(row);
      offered = null;
      offerHeld.clear();
    }
  }

  private TlsRow known() {
    TlsRow present = row;
    if (present == null) {
      present = new TlsRow(session.flow(), session.nowNs());
      row = present;
    }
    return present;
  }

  /** Takes one message, header included. */
  void onMessage(boolean fromClient, Payload message) {
    TlsRow present = known();
    int type = message.u8(0);
    switch (type) {
      case ClientHello.TYPE -> {
        present.add(fromClient, 'c');
        clientHello(present, message);
      }
      case SERVER_HELLO -> serverHello(present, fromClient, message);
      default -> {
        present.add(fromClient, type < LETTERS.length() ? LETTERS.charAt(type) : 'z');
        onOther(present, fromClient, type, message);
      }
    }
    rowHeld.set(present.heapBytes());
  }

  /** Takes a ClientHello in the form of SSL 2, which has no extensions and no fingerprints. */
  void onOldHello() {
    known().add(true, 'c');
    session.confirm(Service.SSL);
  }

  private void onOther(TlsRow present, boolean fromClient, int type, Payload message) {
    if (type == CERTIFICATE) {
      certificates(present, fromClient, message);
    } else if (type == CLIENT_KEY_EXCHANGE) {
      keysExchanged = true;
    } else if (type == SERVER_KEY_EXCHANGE && present.cipher != null) {
      boolean curve = present.cipher.contains("_ECDH") && message.u8(4) == NAMED_CURVE;
      present.curve = curve ? TlsNames.group(message.u16(5)) : present.curve;
    }
  }

  private void clientHello(TlsRow present, Payload message) {
    ClientHello hello = ClientHello.read(message, datagrams);
    if (offered == null) {
      offered = hello;
      offerHeld.set(hello.heapBytes());
      present.serverName = hello.serverName();
      present.ja3 = Fingerprints.ja3(hello);
      present.ja4 = Fingerprints.ja4(hello, carrier());
    }
    session.confirm(Service.SSL);
  }

  /** Returns how JA4 names what carries the handshake. */
  private char carrier() {
    if (datagrams) {
      return 'd';
    }
    return session.flow().protocol() == IpProtocol.UDP ? 'q' : 't';
  }

  private void serverHello(TlsRow present, boolean fromClient, Payload message) {
    ServerHello hello = ServerHello.read(message);
    present.add(fromClient, hello.retry ? 'j' : 's');
    present.version = hello.version;
    if (hello.retry) {
      return;
    }
    present.cipher = TlsNames.cipherSuite(hello.cipher);
    present.nextProtocol = hello.protocol;
    present.ja3s = Fingerprints.ja3s(hello);
    if (hello.group >= 0) {
      present.curve = TlsNames.group(hello.group);
    }
    present.resumed =
        present.isVersion13()
            ? hello.preSharedKey
            : offered != null
                && !hello.session.isEmpty()
                && Objects.equals(offered.session(), hello.session);
    session.confirm(Service.SSL);
  }

  private void certificates(TlsRow present, boolean fromClient, Payload message) {
    if (present.isVersion13()) {
      return; // encrypted, so this is none
    }
    List<String> fingerprints =
        fromClient ? present.clientFingerprints : present.serverFingerprints;
    int at = HEADER_LENGTH + 3;
    int end = Math.min(message.length(), at + message.u24(HEADER_LENGTH));
    while (at + 3 < end && fingerprints.size() < CERTIFICATES_MAX) {
      int length = message.u24(at);
      if (length > end - at - 3) {
        return;
      }
      byte[] certificate = message.copy(at + 3, length);
      certificate(present, fromClient, fingerprints, certificate);
      at += 3 + length;
    }
  }

  private void certificate(
      TlsRow present, boolean fromClient, List<String> fingerprints, byte[] encoded) {
    String fingerprint = Digests.hex("SHA-256", encoded);
    boolean first = fingerprints.isEmpty();
    fingerprints.add(fingerprint);
    CertificateRow certificate =
        CertificateRow.read(session.nowNs(), fingerprint, encoded, first, fromClient);
    if (certificate == null) {
      return;
    }
    protocol.certificates.write(certificate);
    if (first && !fromClient && present.serverName != null) {
      present.nameMatches = certificate.isFor(present.serverName);
    }
  }

  /** Says that what an end sends from now on is encrypted, before TLS 1.3. */
  void onChangeOfCipher(boolean fromClient) {
    TlsRow present = known();
    present.add(fromClient, 'i');
    if (present.isVersion13()) {
      return; // for show
    }
    if (fromClient && !keysExchanged && offered != null && offered.hasTicket()) {
      present.resumed = true;
    }
    ready(present, fromClient);
  }

  /** Says that an end sent something encrypted as application data. */
  void onApplicationData(boolean fromClient) {
    TlsRow present = row;
    if (present != null && present.isVersion13()) {
      ready(present, fromClient);
    }
  }

  private void ready(TlsRow present, boolean fromClient) {
    clientReady |= fromClient;
    serverReady |= !fromClient;
    present.established = clientReady && serverReady;
  }

  /** Takes an alert that is not encrypted. */
  void onAlert(boolean fromClient, int description) {
    TlsRow present = known();
    present.add(fromClient, 'l');
    present.lastAlert = TlsNames.alert(description);
  }
}
