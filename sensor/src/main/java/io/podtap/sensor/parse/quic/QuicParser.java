/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.hello.ClientHello;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * Follows one flow: packets, which may share a datagram, and the Hellos inside the Initial ones.
 *
 * <p>The Hellos go to the parser of TLS as records that never were on the wire, each with one
 * handshake message.
 */
final class QuicParser implements DatagramParser {

  private static final int LONG = 0x80;
  private static final int FIXED = 0x40;
  private static final int SERVER_HELLO = 2;
  private static final int RECORD_HEADER_LENGTH = 5;

  private final QuicProtocol protocol;
  private final Session session;
  private final Payload rest = new Payload();
  private final Payload message = new Payload();
  private final LongHeader header = new LongHeader();
  private @Nullable QuicConnection connection;
  private @Nullable StreamParser tls;
  private boolean tlsAsked;

  /** Whether an attempt or a connection has ended: packets of others may follow. */
  private boolean putOff;

  private boolean isRetried;
  private long lastUnknown;

  QuicParser(QuicProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    rest.wrap(data, 0, data.length());
    boolean goOn = true;
    while (goOn && !rest.isEmpty()) {
      goOn = packet(fromOriginator);
    }
  }

  /** Takes one packet off; returns whether what is left may be one, too. */
  private boolean packet(boolean fromClient) {
    int first = rest.u8(0);
    QuicConnection present = connection;
    boolean isNegotiation = (first & LONG) != 0 && rest.u32(1) == 0; // the other bits are random
    if ((first & FIXED) == 0 && !isNegotiation) {
      return behind(present, fromClient);
    }
    if ((first & LONG) == 0) {
      if (present != null) {
        int count = present.addOneRtt(fromClient);
        if (count > 0 && present.isWritten()) {
          session.weird(
              "QUIC_spurious_short_header_packet_threshold_crossed",
              String.valueOf(count),
              /* source= */ "");
        }
      }
      return present != null ? false : notQuic();
    }
    if (!header.readInvariant(rest)) {
      return notQuic();
    }
    QuicVersion known = QuicVersion.of(header.version);
    if (known == null) {
      return unknownVersion(fromClient);
    }
    if (!header.readRest(rest, known)) {
      return notQuic();
    }
    if (fromClient && present != null && isNext(present, known)) {
      end(present);
      endTls();
      present = null;
    }
    QuicConnection current = present != null ? present : begin();
    current.begin(session.nowNs(), header.version);
    switch (header.type) {
      case LongHeader.INITIAL -> initial(current, fromClient, known);
      case LongHeader.ZERO_RTT -> {
        current.notice(fromClient, rest, header);
        add(current, fromClient, 'Z');
      }
      case LongHeader.HANDSHAKE -> {
        current.notice(fromClient, rest, header);
        add(current, fromClient, 'H');
      }
      default -> retry(current, fromClient);
    }
    rest.skip(header.packetLength);
    return true;
  }

  private boolean isNext(QuicConnection present, QuicVersion known) {
    try {
      return header.type == LongHeader.INITIAL
          && present.isForeign(rest, header, known, protocol.decryptor);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF is part of every Java", e);
    }
  }

  private QuicConnection begin() {
    QuicConnection begun = new QuicConnection(session.account(), session.nowNs(), header.version);
    connection = begun;
    return begun;
  }

  /** What follows the packets of a datagram without being one: most often zeros. */
  private boolean behind(@Nullable QuicConnection present, boolean fromClient) {
    if (present == null) {
      return notQuic();
    }
    if (present.isWritten()) {
      session.weird("QUIC_spurious_discarded_packet", "", /* source= */ "");
    } else if (present.isCertain()) {
      add(present, fromClient, 'X');
    }
    return false;
  }

  private void add(QuicConnection current, boolean fromClient, char letter) {
    if (current.add(fromClient, letter)) {
      session.weird("QUIC_max_history_length_reached", "", /* source= */ "");
    }
  }

  private boolean notQuic() {
    if (connection == null && !putOff) {
      session.violation("not a QUIC packet");
    }
    return false;
  }

  /** Version Negotiation has version 0; anything else is one that cannot be read. */
  private boolean unknownVersion(boolean fromClient) {
    QuicConnection present = connection;
    if (header.version == 0) {
      if (present != null && !fromClient) {
        present.add(/* fromClient= */ false, 'V');
        end(present);
      }
    } else if (present == null && header.version != lastUnknown) {
      lastUnknown = header.version;
      QuicConnection begun = begin();
      begun.notice(fromClient, rest, header);
      begun.add(fromClient, 'U');
      end(begun);
    }
    return false;
  }

  /** Writes the record of a connection, or of an attempt; what follows is another's. */
  private void end(QuicConnection ended) {
    putOff = true;
    if (!ended.isWritten()) {
      protocol.log.write(ended.row(session.flow()));
    }
    ended.release();
    connection = null;
  }

  private void endTls() {
    if (tls != null) {
      tls.onFlowEnd();
    }
    tls = null;
    tlsAsked = false;
  }

  private void initial(QuicConnection current, boolean fromClient, QuicVersion known) {
    add(current, fromClient, 'I');
    current.notice(fromClient, rest, header);
    InitialDecryptor decryptor = protocol.decryptor;
    int length;
    try {
      length = current.decrypt(fromClient, rest, header, known, decryptor);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF is part of every Java", e);
    }
    if (length < 0) {
      return;
    }
    session.confirm(QuicProtocol.SERVICE);
    CryptoStream crypto = current.crypto(fromClient);
    boolean closed = InitialFrames.read(decryptor.frames(), length, crypto);
    while (crypto.next(message)) {
      handshake(current, fromClient);
    }
    if (closed && !current.isWritten()) {
      add(current, fromClient, 'C');
      protocol.log.write(current.row(session.flow()));
      current.written();
    }
  }

  private void handshake(QuicConnection current, boolean fromClient) {
    int type = message.u8(0);
    if (type == ClientHello.TYPE || type == SERVER_HELLO) {
      add(current, fromClient, 'S');
    }
    if (type == ClientHello.TYPE) {
      ClientHello hello = ClientHello.read(message, false);
      if (hello.protocols().size() > 1) {
        session.weird("QUIC_many_protocols", hello.protocols().toString(), /* source= */ "");
      }
      current.hello(hello);
    }
    if (!tlsAsked) {
      tlsAsked = true;
      tls = session.inner(Service.SSL);
      if (tls == null) { // not wanted, but no secret
        session.confirm(Service.SSL);
      }
    }
    if (tls != null) {
      int length = message.length();
      byte[] asRecord = new byte[RECORD_HEADER_LENGTH + length];
      asRecord[0] = 0x16; // handshake, RFC 8446 section 5.1
      asRecord[1] = 3;
      asRecord[2] = 1;
      asRecord[3] = (byte) (length >>> 8);
      asRecord[4] = (byte) length;
      message.copyTo(0, asRecord, RECORD_HEADER_LENGTH, length);
      tls.onData(fromClient, message.wrap(asRecord, 0, asRecord.length));
    }
  }

  /** The server wants the client to ask again, with a token (RFC 9000 section 8.1.2). */
  private void retry(QuicConnection current, boolean fromClient) {
    add(current, fromClient, 'R');
    if (!fromClient && !isRetried) {
      isRetried = true;
      end(current);
    }
  }

  @Override
  public void onFlowEnd() {
    if (connection != null && !connection.isWritten()) {
      protocol.log.write(connection.row(session.flow()));
    }
    endTls();
  }
}
