/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.files.FileStream;
import io.podtap.sensor.parse.hello.ClientHello;
import io.podtap.sensor.parse.hello.Extensions;
import io.podtap.sensor.parse.x509.CertificateRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads handshake messages into a row, however they came, and keeps track of who encrypts. By
 * Zeek's rules, of which the record of a connection is the sum: {@code established} once both ends
 * encrypt and something encrypted was seen, {@code resumed} by session, ticket or shared key.
 *
 * @see "RFC 8446 section 4; RFC 5246 section 7.4; RFC 9147 section 5"
 */
final class Handshake {

  static final int HEADER_LENGTH = 4;

  private static final int HELLO_REQUEST = 0;
  private static final int SERVER_HELLO = 2;
  private static final int CERTIFICATE = 11;
  private static final int SERVER_KEY_EXCHANGE = 12;
  private static final int CLIENT_KEY_EXCHANGE = 16;
  private static final int CERTIFICATE_STATUS = 22;
  private static final int MESSAGE_HASH = 254;
  private static final int NAMED_CURVE = 3;
  private static final int STATUS_OCSP = 1;
  private static final String OCSP_TYPE = "application/ocsp-response";
  private static final int CERTIFICATES_MAX = 64;
  private static final int SESSION_BYTES = 32;

  /** What a letter of the history stands for; Z for every other type. */
  private static final String LETTERS = "hcsvtejzozzxkrnygzzzfwuap";

  static final int CONTENT_CHANGE_OF_CIPHER = 20;
  static final int CONTENT_ALERT = 21;
  static final int CONTENT_HANDSHAKE = 22;
  static final int CONTENT_APPLICATION_DATA = 23;
  static final int CONTENT_HEARTBEAT = 24;

  static final int SSL_2 = 0x0002;
  static final int SSL_3 = 0x0300;
  static final int TLS_12 = 0x0303;
  static final int TLS_13 = 0x0304;
  static final int DTLS_10 = 0xFEFF;
  static final int DTLS_12 = 0xFEFD;
  static final int DTLS_13 = 0xFEFC;

  private static final int ALERT_BYTES = 2;
  private static final int ALERTS_MAX = 10;

  private final Session session;
  private final TlsProtocol protocol;
  private final boolean datagrams;
  private @Nullable TlsRow row;

  /** The version that the server chose first, or -1. */
  private int negotiated = -1;

  /** Whether who answers was taken for who asks. */
  private boolean flipped;

  private boolean flipNoted;
  private boolean originatorEncrypts;
  private boolean responderEncrypts;
  private @Nullable String offeredSession;
  private boolean ticketOffered;
  private boolean sharedKeyOffered;
  private boolean helloSeen;
  private boolean keysExchanged;
  private boolean logged;
  private final HeldHeap rowHeld;

  private Handshake(Session session, TlsProtocol protocol, boolean datagrams) {
    this.session = session;
    this.protocol = protocol;
    this.datagrams = datagrams;
    this.rowHeld = new HeldHeap(session.account());
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

  /** Returns whether what an end sent is the client's. */
  boolean isClient(boolean fromOriginator) {
    return fromOriginator ^ flipped;
  }

  /** Returns whether records behind the handshake still say what they carry: before TLS 1.3. */
  boolean isTypeShown() {
    boolean isBefore = isBefore13() || negotiated == DTLS_10 || negotiated == DTLS_12;
    return row != null && row.established && isBefore;
  }

  /** Returns the version that the server chose, or -1 while that is open. */
  int negotiated() {
    return negotiated;
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
    TlsRow present = row;
    if (present != null && !logged) {
      logged = true;
      CertificateRow own = present.certificate;
      if (own != null && present.serverName != null) {
        present.nameMatches = own.isFor(present.serverName);
      }
      present.certificate = null;
      protocol.log.write(present);
      offeredSession = null;
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

  private void add(TlsRow present, boolean fromClient, char letter) {
    if (present.add(fromClient, letter)) {
      session.weird("SSL_max_ssl_history_length_reached", String.valueOf(present.history.length()));
    }
  }

  /**
   * Takes one message, header included.
   *
   * @return false when it is not what its type says
   */
  boolean onMessage(boolean fromOriginator, Payload message) {
    TlsRow present = known();
    int type = message.u8(0);
    if (type == HELLO_REQUEST || type == ClientHello.TYPE || type == SERVER_HELLO) {
      checkDirection(present, type == ClientHello.TYPE, fromOriginator);
    }
    boolean fromClient = fromOriginator ^ flipped;
    boolean wellFormed =
        switch (type) {
          case ClientHello.TYPE -> clientHello(present, message);
          case SERVER_HELLO -> serverHello(present, fromClient, message);
          case CERTIFICATE -> certificates(present, fromClient, message);
          default -> {
            onOther(present, type, message);
            yield true;
          }
        };
    if (wellFormed && type != SERVER_HELLO) {
      char letter = type < LETTERS.length() ? LETTERS.charAt(type) : 'z';
      add(present, fromClient, type == MESSAGE_HASH ? 'm' : letter);
    }
    rowHeld.set(present.heapBytes());
    return wellFormed;
  }

  /** A client's message from the responder, or a server's from the originator, turns the ends. */
  private void checkDirection(TlsRow present, boolean isOfClient, boolean fromOriginator) {
    if (isOfClient != (fromOriginator ^ flipped)) {
      flipped = !flipped;
      present.flip();
      if (!flipped && !flipNoted) {
        flipNoted = true;
        session.weird("SSL_unclear_connection_direction", "");
      }
    }
  }

  private void onOther(TlsRow present, int type, Payload message) {
    if (type == CLIENT_KEY_EXCHANGE) {
      keysExchanged = true;
    } else if (type == SERVER_KEY_EXCHANGE && present.cipher != null) {
      boolean curve = present.cipher.contains("_ECDH") && message.u8(4) == NAMED_CURVE;
      present.curve = curve ? TlsNames.group(message.u16(5)) : present.curve;
      if (protocol.parameters != null && present.cipher.contains("_DHE_")) {
        String certificate =
            present.serverFingerprints.isEmpty() ? "" : present.serverFingerprints.getFirst();
        protocol.parameters.tell(
            session.flow(), /* fromOriginator= */ false, "", certificate, 8L * message.u16(4));
      }
    } else if (type == CERTIFICATE_STATUS) {
      status(message);
    }
  }

  private boolean clientHello(TlsRow present, Payload message) {
    int version = message.u16(HEADER_LENGTH);
    boolean cookie = datagrams || version == DTLS_10 || version == DTLS_12;
    ClientHello hello = ClientHello.read(message, cookie);
    if (!hello.isWellFormed()) {
      return false;
    }
    if (!isVersion(version)) {
      return false;
    }
    session.confirm(datagrams ? TlsProtocol.DTLS : Service.SSL);
    noteNames(hello);
    if (hello.serverName() != null) {
      present.serverName = hello.serverName();
    }
    present.encryptedHello |= hello.encryptedHello() == 0;
    if (!helloSeen) {
      helloSeen = true;
      present.ja3 = Fingerprints.ja3(hello);
      present.ja4 = Fingerprints.ja4(hello, carrier());
    }
    offer(hello.session());
    ticketOffered |= hello.hasTicket() && offeredSession == null;
    sharedKeyOffered |= hello.extensions().contains(Extensions.PRE_SHARED_KEY);
    return true;
  }

  private void noteNames(ClientHello hello) {
    if (hello.unknownNameType() >= 0) {
      session.weird("ssl_ext_unknown_server_name_type", String.valueOf(hello.unknownNameType()));
    }
    if (!hello.furtherServerNames().isEmpty() && hello.serverName() != null) {
      List<String> all = new ArrayList<>(List.of(hello.serverName()));
      all.addAll(hello.furtherServerNames());
      session.weird("SSL_many_server_names", all.toString(), /* source= */ "");
    }
    if (hello.encryptedHello() > 0) {
      session.weird("ssl_unexpected_inner_encrypted_client_hello", "");
    }
  }

  private static boolean isVersion(int version) {
    return version == SSL_2
        || (version >= SSL_3 && version <= TLS_13)
        || (version & 0xFF00) == 0x7F00
        || (version >= DTLS_13 && version <= DTLS_10 && version != 0xFEFE);
  }

  /** Remembers a session that the client wants to go on with. */
  private void offer(String offered) {
    boolean isNone = offered.isEmpty() || offered.equals("\0".repeat(SESSION_BYTES));
    if (!isNone) {
      offeredSession = offered;
      ticketOffered = false;
    }
  }

  /** Returns how JA4 names what carries the handshake. */
  private char carrier() {
    if (datagrams) {
      return 'd';
    }
    return session.flow().protocol() == IpProtocol.UDP ? 'q' : 't';
  }

  private boolean serverHello(TlsRow present, boolean fromClient, Payload message) {
    ServerHello hello = ServerHello.read(message);
    if (!hello.wellFormed) {
      return false;
    }
    boolean isSelected = hello.selectedVersion >= 0;
    if (negotiated < 0) {
      negotiated = isSelected ? hello.selectedVersion : hello.legacyVersion;
    }
    if (isSelected || present.version < 0) {
      present.version = isSelected ? hello.selectedVersion : hello.legacyVersion;
    }
    present.cipher = TlsNames.cipherSuite(hello.cipher);
    present.nextProtocol = hello.protocol != null ? hello.protocol : present.nextProtocol;
    if (hello.group >= 0) {
      present.curve = TlsNames.group(hello.group);
    }
    if (!hello.retry) {
      present.ja3s = Fingerprints.ja3s(hello);
    }
    boolean is13 = isVersion13(present.version);
    present.resumed |= hello.preSharedKey && sharedKeyOffered;
    present.resumed |= !is13 && offeredSession != null && offeredSession.equals(hello.session);
    add(present, fromClient, hello.retry ? 'j' : 's');
    return isVersion(hello.legacyVersion);
  }

  /** The answer of an authority that the server sends along (RFC 6066 section 8). */
  private void status(Payload message) {
    int length = message.length() - HEADER_LENGTH - 4;
    if (length <= 0) {
      session.weird("SSL_zero_length_stapled_OCSP_message", "");
    } else if (message.u8(HEADER_LENGTH) == STATUS_OCSP) {
      FileStream file = protocol.files.begin(session, "SSL", /* fromOriginator= */ false, 0, "");
      file.mimeType(OCSP_TYPE);
      file.data(new Payload().wrap(message, HEADER_LENGTH + 4, length));
      file.end();
    }
  }

  private boolean certificates(TlsRow present, boolean fromClient, Payload message) {
    int at = HEADER_LENGTH + 3;
    int end = at + message.u24(HEADER_LENGTH);
    if (message.u24(HEADER_LENGTH) < 0 || end > message.length()) {
      return false;
    }
    for (int i = at; i < end; i += 3 + message.u24(i)) {
      if (message.u24(i) < 0 || i + 3 + message.u24(i) > end) {
        return false;
      }
    }
    for (int count = 0; at < end && count < CERTIFICATES_MAX; count++) {
      int length = message.u24(at);
      if (length == 0) {
        session.weird("zero_length_certificate", "");
      } else {
        certificate(present, fromClient, /* isOwn= */ count == 0, message.copy(at + 3, length));
      }
      at += 3 + length;
    }
    return true;
  }

  private void certificate(TlsRow present, boolean fromClient, boolean isOwn, byte[] encoded) {
    CertificateRow certificate = protocol.certificates.take(session, fromClient, isOwn, encoded);
    if (certificate == null) {
      return;
    }
    List<String> fingerprints =
        fromClient ? present.clientFingerprints : present.serverFingerprints;
    fingerprints.add(certificate.fingerprint());
    if (!fromClient && present.certificate == null) {
      present.certificate = certificate;
    }
  }

  /** Takes a ClientHello in the form of SSL 2, which has no extensions and no fingerprints. */
  void onOldClientHello(String offered) {
    TlsRow present = known();
    offer(offered);
    add(present, /* fromClient= */ true, 'c');
    session.confirm(datagrams ? TlsProtocol.DTLS : Service.SSL);
  }

  /**
   * Takes a ServerHello of SSL 2.
   *
   * @param cipher the first one offered, three bytes, or -1
   * @param encoded the server's certificate, may be empty
   */
  void onOldServerHello(int cipher, byte[] encoded) {
    TlsRow present = known();
    negotiated = negotiated < 0 ? SSL_2 : negotiated;
    present.version = present.version < 0 ? SSL_2 : present.version;
    present.cipher = TlsNames.oldCipher(cipher);
    add(present, /* fromClient= */ false, 's');
    if (encoded.length > 0) {
      certificate(present, /* fromClient= */ false, /* isOwn= */ true, encoded);
    } else {
      session.weird("zero_length_certificate", "");
    }
    rowHeld.set(present.heapBytes());
  }

  /** Takes a key of SSL 2, behind which both ends encrypt. */
  void onOldKey() {
    originatorEncrypts = true;
    responderEncrypts = true;
    known().established = true;
  }

  private static boolean isVersion13(int version) {
    return version == TLS_13 || (version & 0xFF00) == 0x7F00;
  }

  /** Returns whether an end encrypts what it sends in a record of this type. */
  boolean isEncrypted(boolean fromOriginator, int type) {
    return (fromOriginator ? originatorEncrypts : responderEncrypts)
        || (type == CONTENT_APPLICATION_DATA && !isBefore13());
  }

  /** What is not known to be older is taken for TLS 1.3, where such data are always encrypted. */
  private boolean isBefore13() {
    return negotiated == SSL_2 || (negotiated >= SSL_3 && negotiated <= TLS_12);
  }

  private void encrypt(boolean fromOriginator) {
    originatorEncrypts |= fromOriginator;
    responderEncrypts |= !fromOriginator;
  }

  /** Takes a change of cipher in the clear; before TLS 1.3 all that follows is encrypted. */
  void onChangeOfCipher(boolean fromOriginator) {
    TlsRow present = known();
    boolean fromClient = fromOriginator ^ flipped;
    if (!isVersion13(negotiated)) {
      encrypt(fromOriginator);
    }
    add(present, fromClient, 'i');
    present.resumed |= fromClient && ticketOffered && !keysExchanged;
  }

  /** Takes a record that is encrypted. */
  void onEncrypted(boolean fromOriginator) {
    encrypt(fromOriginator);
    if (originatorEncrypts && responderEncrypts) {
      known().established = true;
    }
  }

  /** Takes application data in the clear, which nobody should send. */
  void onApplicationData() {
    if (known().version >= 0) {
      session.weird("ssl_early_application_data", "", /* source= */ "");
    }
  }

  /** Takes a heartbeat in the clear. */
  void onHeartbeat(boolean fromOriginator) {
    add(known(), fromOriginator ^ flipped, 'b');
  }

  /**
   * Takes a record of alerts in the clear.
   *
   * @param recordBytes how long it was; {@code alerts} may be its beginning alone
   */
  void onAlerts(boolean fromOriginator, Payload alerts, int recordBytes) {
    int count = isVersion13(negotiated) ? 1 : ALERTS_MAX;
    if (recordBytes > count * ALERT_BYTES) {
      session.weird("SSL_excessive_alerts_in_record", String.valueOf(recordBytes / ALERT_BYTES));
    }
    for (int i = 0; i < count && alerts.u8(ALERT_BYTES * i + 1) >= 0; i++) {
      onAlert(fromOriginator, alerts.u8(ALERT_BYTES * i + 1));
    }
  }

  /** Bytes of a record of alerts that are looked at. */
  static int alertBytesMax() {
    return ALERTS_MAX * ALERT_BYTES;
  }

  /** Takes an alert that is not encrypted. */
  void onAlert(boolean fromOriginator, int description) {
    TlsRow present = known();
    add(present, fromOriginator ^ flipped, 'l');
    present.lastAlert = TlsNames.alert(description);
  }
}
