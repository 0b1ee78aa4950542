/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/**
 * Follows DTLS over UDP until its handshake is over.
 *
 * <pre>
 * | content type (1) | version (2) | epoch (2) | number (6) | length (2) | content ...
 * handshake: | type (1) | length (3) | number (2) | fragment offset (3) | fragment length (3) | ...
 * DTLS 1.3, encrypted: | 001, C, S, L, epoch (2 bits) | ... to the end of the datagram
 * </pre>
 *
 * A message that is sent again counts again, as in Zeek.
 *
 * @see "RFC 6347 sections 4.1 and 4.2; RFC 9147 section 4"
 */
final class DtlsParser implements DatagramParser {

  private static final int RECORD_HEADER_LENGTH = 13;
  private static final int MESSAGE_HEADER_LENGTH = 12;
  private static final int MESSAGE_MAX = 32_768;

  /** Records between the first and the last fragment of a message, at most, as in Zeek. */
  private static final int FRAGMENTS_MAX = 31;

  /** Records of other versions in a row until this is not DTLS, as in Zeek. */
  private static final int FOREIGN_MAX = 10;

  private static final int UNIFIED_MASK = 0xE0;
  private static final int UNIFIED = 0x20;

  /** In datagrams of STUN, which share flows with DTLS (RFC 8489 section 5). */
  private static final long STUN_COOKIE = 0x2112_A442L;

  private static final int STUN_HEADER_LENGTH = 20;

  /** One direction: the message that comes in fragments, and which records it came in. */
  private static final class End {
    int number = -1;
    byte[] message = new byte[0];
    long firstRecord;
    long lastRecord = -1;
    boolean firstSeen;

    /** A bit for each record from the first one on. */
    int seen;

    void begin(int number, int length, long record) {
      this.number = number;
      message = new byte[Handshake.HEADER_LENGTH + length];
      firstRecord = record;
      lastRecord = -1;
      firstSeen = false;
      seen = 0;
    }
  }

  private final Session session;
  private final Handshake handshake;
  private final End client = new End();
  private final End server = new End();
  private final HeldHeap held;
  private final Payload rest = new Payload();
  private final Payload content = new Payload();
  private final Payload whole = new Payload();
  private int foreign;
  private boolean over;

  /** Null where nobody wants to hear of them. */
  private final @Nullable Heartbeats heartbeats;

  DtlsParser(TlsProtocol protocol, Session session) {
    this.session = session;
    this.held = new HeldHeap(session.account());
    this.handshake = Handshake.ofDatagrams(session, protocol);
    this.heartbeats =
        protocol.heartbeats == null
            ? null
            : new Heartbeats(protocol.heartbeats, session, handshake);
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    if (data.length() > STUN_HEADER_LENGTH && data.u32(4) == STUN_COOKIE) {
      return;
    }
    rest.wrap(data, 0, data.length());
    while (!rest.isEmpty() && !over && record(fromOriginator)) {
      over |= handshake.logIfOver();
    }
    over |= handshake.logIfOver();
    if (over && heartbeats != null && handshake.isTypeShown()) {
      follow(fromOriginator, heartbeats);
    }
    held.set((long) client.message.length + server.message.length);
  }

  /** Reads the headers of records behind the handshake; their content is encrypted. */
  private void follow(boolean fromOriginator, Heartbeats told) {
    while (rest.length() >= RECORD_HEADER_LENGTH) {
      int version = rest.u16(1);
      int length = rest.u16(11);
      boolean isRecord = version == Handshake.DTLS_10 || version == Handshake.DTLS_12;
      if (!isRecord || length > rest.length() - RECORD_HEADER_LENGTH) {
        return;
      }
      told.onEncrypted(fromOriginator, rest.u8(0), length);
      rest.skip(RECORD_HEADER_LENGTH + length);
    }
  }

  /** Takes one record off; returns whether what is left may be one, too. */
  private boolean record(boolean fromOriginator) {
    if (handshake.negotiated() == Handshake.DTLS_13 && (rest.u8(0) & UNIFIED_MASK) == UNIFIED) {
      handshake.onEncrypted(fromOriginator);
      return false;
    }
    int type = rest.u8(0);
    int version = rest.u16(1);
    int epoch = rest.u16(3);
    int length = rest.u16(11);
    if (version != Handshake.DTLS_10 && version != Handshake.DTLS_12) {
      foreign++;
      if (foreign > FOREIGN_MAX) {
        giveUp("Invalid version in DTLS connection. Packet reported version: " + version);
      }
      return false;
    }
    foreign = handshake.row() == null ? foreign : 0;
    if (length < 0 || length > rest.length() - RECORD_HEADER_LENGTH) {
      return false;
    }
    long number = (long) rest.u16(5) << 32 | rest.u32(7);
    content.wrap(rest, RECORD_HEADER_LENGTH, length);
    rest.skip(RECORD_HEADER_LENGTH + length);
    if (epoch == 0) {
      take(fromOriginator, type, number);
    } else {
      onEncrypted(fromOriginator);
      if (heartbeats != null) {
        heartbeats.onEncrypted(fromOriginator, type, length);
      }
    }
    return !over;
  }

  /** A record of another epoch is encrypted; that both ends do so is told by changes of cipher. */
  private void onEncrypted(boolean fromOriginator) {
    if (handshake.isEncrypted(fromOriginator, Handshake.CONTENT_HANDSHAKE)) {
      handshake.onEncrypted(fromOriginator);
    }
  }

  private void take(boolean fromOriginator, int type, long record) {
    switch (type) {
      case Handshake.CONTENT_HANDSHAKE -> fragment(fromOriginator, record);
      case Handshake.CONTENT_CHANGE_OF_CIPHER -> handshake.onChangeOfCipher(fromOriginator);
      case Handshake.CONTENT_ALERT -> handshake.onAlerts(fromOriginator, content, content.length());
      case Handshake.CONTENT_HEARTBEAT -> {
        handshake.onHeartbeat(fromOriginator);
        if (heartbeats != null && content.length() >= Heartbeats.HEAD_BYTES) {
          heartbeats.onClear(fromOriginator, content.length(), content.u8(0), content.u16(1));
        }
      }
      case Handshake.CONTENT_APPLICATION_DATA -> handshake.onApplicationData();
      default -> {
        String from = fromOriginator ? "originator" : "responder";
        giveUp("unknown SSL record type (" + type + ") from " + from);
      }
    }
  }

  /** Takes one fragment, which is most often a whole message. */
  private void fragment(boolean fromOriginator, long record) {
    int length = content.u24(1);
    int number = content.u16(4);
    int offset = content.u24(6);
    int count = content.u24(9);
    if (count < 0) {
      return;
    }
    int there = content.length() - MESSAGE_HEADER_LENGTH;
    if (offset == 0 && count == length) {
      if (there >= length && length <= MESSAGE_MAX) {
        byte[] message = new byte[Handshake.HEADER_LENGTH + length];
        content.copyTo(0, message, 0, Handshake.HEADER_LENGTH);
        content.copyTo(MESSAGE_HEADER_LENGTH, message, Handshake.HEADER_LENGTH, length);
        message(fromOriginator, message);
      }
      return;
    }
    if (length > MESSAGE_MAX) {
      giveUp("DTLS record length " + length + " larger than allowed maximum.");
      return;
    }
    End end = fromOriginator ? client : server;
    if (end.number != number || end.message.length != Handshake.HEADER_LENGTH + length) {
      end.begin(number, length, record);
    }
    if (place(end, record, offset)) {
      fill(fromOriginator, end, record, offset, count, there);
    }
  }

  /** Finds a fragment's place among the records of its message; false when it has none. */
  private boolean place(End end, long record, int offset) {
    long distance = Math.abs(end.firstRecord - record);
    if (distance > FRAGMENTS_MAX) {
      giveUp("DTLS handshake fragment sequence number outside reassembly window.");
      return false;
    }
    if (end.firstRecord > record) {
      if (end.firstSeen) {
        giveUp("Saw second and different first message fragment for handshake.");
        return false;
      }
      end.seen <<= (int) distance;
      end.firstRecord = record;
    }
    end.firstSeen |= offset == 0;
    return (end.seen & 1 << (int) (record - end.firstRecord)) == 0; // else it came before
  }

  private void fill(
      boolean fromOriginator, End end, long record, int offset, int count, int there) {
    int length = end.message.length - Handshake.HEADER_LENGTH;
    if (there != count) {
      giveUp("DTLS handshake record length does not match packet length");
      return;
    }
    if (offset + count > length) {
      giveUp("DTLS handshake fragment trying to write past end of buffer");
      return;
    }
    end.seen |= 1 << (int) (record - end.firstRecord);
    content.copyTo(0, end.message, 0, Handshake.HEADER_LENGTH);
    content.copyTo(MESSAGE_HEADER_LENGTH, end.message, Handshake.HEADER_LENGTH + offset, count);
    if (offset + count == length) {
      end.lastRecord = record;
    }
    if (end.lastRecord >= 0 && end.firstSeen) {
      long last = end.lastRecord - end.firstRecord;
      long all = (1L << (last + 1)) - 1;
      if ((~(long) end.seen & all) == 0) {
        message(fromOriginator, end.message);
      }
    }
  }

  private void message(boolean fromOriginator, byte[] message) {
    if (!handshake.onMessage(fromOriginator, whole.wrap(message, 0, message.length))) {
      giveUp("invalid handshake message of type " + message[0]);
    }
  }

  private void giveUp(String reason) {
    over = true;
    handshake.log();
    session.violation(reason);
  }

  @Override
  public void onFlowEnd() {
    handshake.log();
  }
}
