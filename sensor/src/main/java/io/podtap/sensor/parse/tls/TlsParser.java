/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * Follows one connection, record by record, until its handshake is over.
 *
 * <pre>
 * | content type (1) | version (2) | length (2) | content ...
 * SSL 2: | 1, length (2) | message type (1) | ...
 * </pre>
 *
 * @see "RFC 8446 section 5.1; RFC 5246 section 6.2; SSL 2: RFC 5246 appendix E.2, RFC 6101"
 */
final class TlsParser implements StreamParser {

  private static final int HEADER_LENGTH = 5;
  private static final int CONTENT_MAX = 16_384 + 2_048;
  private static final int MESSAGE_MAX = 131_072;
  private static final int VERSION_MAJOR = 3;
  private static final int CONTENT_TYPE_MIN = 20;
  private static final int CONTENT_TYPE_MAX = 30;

  /** Types of messages of SSL 2. */
  private static final int OLD_ERROR = 0;

  private static final int OLD_CLIENT_HELLO = 1;
  private static final int OLD_CLIENT_KEY = 2;
  private static final int OLD_SERVER_HELLO = 4;

  /** Marks a record of SSL 2 among those of later versions. */
  private static final int OLD = 300;

  private static final int OLD_MARK = 0x80;
  private static final int OLD_LENGTH = 0x7FFF;

  /** Bytes of a connection that is joined in which records must be found. */
  private static final long SOUGHT_MAX = 128 << 10;

  /** One direction. */
  private static final class End {
    final Gather header;
    final Gather messages;
    final Gather alerts;
    final Resynchronizer records;
    boolean encrypted;
    int type;

    /** Third and fourth byte behind the first two of a header: in SSL 2 they are content. */
    int headerTail;

    /** Bytes of the record at hand, and those that have not come yet. */
    int length;

    int left;
    boolean inRecord;
    boolean headTaken;
    int heartbeatType;
    int heartbeatPayloadBytes;

    End(HeapAccount account) {
      header = new Gather(HEADER_LENGTH, account);
      messages = new Gather(MESSAGE_MAX, account);
      alerts = new Gather(Handshake.alertBytesMax(), account);
      records = new Resynchronizer(TlsParser::recordBytes, /* isTelling= */ false, account);
    }
  }

  private final Session session;
  private final Handshake handshake;
  private final End client;
  private final End server;
  private final Payload content = new Payload();

  /** Whether the beginning was not seen. */
  private boolean isJoined;

  /** Whether records are known to be those of SSL 3 and later, or of SSL 2. */
  private boolean isNew;

  private boolean isOld;
  private boolean over;

  /** Null where nobody wants to hear of them. */
  private final @Nullable Heartbeats heartbeats;

  /** Whether records are followed behind the handshake, by their headers alone. */
  private boolean isFollowing;

  TlsParser(TlsProtocol protocol, Session session) {
    this.session = session;
    this.client = new End(session.account());
    this.server = new End(session.account());
    this.isJoined = session.flow().partial;
    this.handshake = Handshake.ofStream(session, protocol);
    this.heartbeats =
        protocol.heartbeats == null
            ? null
            : new Heartbeats(protocol.heartbeats, session, handshake);
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (isJoined) {
      if (!over) {
        joined(fromOriginator, data);
      }
      return;
    }
    End end = fromOriginator ? client : server;
    while (!over && (end.inRecord || !data.isEmpty())) {
      if (!end.inRecord && !begin(fromOriginator, end, data)) {
        return;
      }
      int part = Math.min(end.left, data.length());
      content.wrap(data, 0, part);
      data.skip(part);
      end.left -= part;
      take(fromOriginator, end);
      if (end.left > 0) {
        return;
      }
      if (!over) {
        end.inRecord = false;
        complete(fromOriginator, end);
      }
    }
    if (isFollowing && heartbeats != null) {
      follow(fromOriginator, end, data, heartbeats);
    }
  }

  /** Reads the headers of records behind the handshake; their content is encrypted. */
  private void follow(boolean fromOriginator, End end, Payload data, Heartbeats told) {
    while (isFollowing && !data.isEmpty()) {
      if (!end.inRecord) {
        Payload header = end.header.take(data, HEADER_LENGTH);
        if (header == null) {
          return;
        }
        isFollowing =
            header.u8(0) >= CONTENT_TYPE_MIN
                && header.u8(0) <= CONTENT_TYPE_MAX
                && header.u8(1) == VERSION_MAJOR
                && header.u16(3) <= CONTENT_MAX;
        end.type = header.u8(0);
        end.length = header.u16(3);
        end.left = end.length;
        end.inRecord = true;
      }
      int part = Math.min(end.left, data.length());
      data.skip(part);
      end.left -= part;
      if (end.left == 0) {
        end.inRecord = false;
        told.onEncrypted(fromOriginator, end.type, end.length);
      }
    }
  }

  /** Records in a row are TLS, whatever they carry; what they carry is not read, as in Zeek. */
  private void joined(boolean fromOriginator, Payload data) {
    Resynchronizer records = fromOriginator ? client.records : server.records;
    if (!records.isSeeking()) {
      records.begin();
    }
    if (records.find(data) != null) {
      records.beginSegment(); // what was found is not looked at
      client.records.stop();
      server.records.stop();
      session.confirm(Service.SSL);
      over = true;
    } else if (records.soughtBytes() > SOUGHT_MAX) {
      giveUp("not a TLS record");
    }
  }

  private static long recordBytes(Payload data, int at) {
    if (data.length() - at < HEADER_LENGTH) {
      return data.u8(at) >> 2 == 5 ? Resynchronizer.MORE : Resynchronizer.NONE;
    }
    int type = data.u8(at);
    int length = data.u16(at + 3);
    boolean plausible =
        type >= Handshake.CONTENT_CHANGE_OF_CIPHER
            && type <= Handshake.CONTENT_APPLICATION_DATA
            && data.u8(at + 1) == VERSION_MAJOR
            && data.u8(at + 2) <= 4
            && length > 0
            && length <= CONTENT_MAX;
    return plausible ? HEADER_LENGTH + length : Resynchronizer.NONE;
  }

  /** Reads the header of a record; false when there is none yet, or never will be. */
  private boolean begin(boolean fromOriginator, End end, Payload data) {
    Payload header = end.header.take(data, HEADER_LENGTH);
    if (header == null) {
      return false;
    }
    boolean old = isOld(fromOriginator, header);
    if (over) {
      return false;
    }
    end.headerTail = header.u16(3);
    end.type = old ? OLD + header.u8(2) : header.u8(0);
    end.length = old ? (header.u16(0) & OLD_LENGTH) + 2 - HEADER_LENGTH : header.u16(3);
    if (end.length < 0) {
      giveUp("record of SSL 2 that is shorter than its header");
      return false;
    }
    end.left = end.length;
    end.inRecord = true;
    end.headTaken = false;
    end.encrypted = handshake.isEncrypted(fromOriginator, end.type);
    return true;
  }

  /** Tells records of SSL 2 from later ones; gives up when it is neither. */
  private boolean isOld(boolean fromOriginator, Payload header) {
    int version = header.u16(1);
    boolean isVersion = version >= Handshake.SSL_3 && version <= Handshake.TLS_12;
    if (isOld) {
      return true;
    }
    if (isNew) {
      if (!isVersion) {
        giveUp("Invalid version late in TLS connection. Packet reported version: " + version);
      }
      return false;
    }
    int first = header.u8(0);
    if ((first & OLD_MARK) != 0) {
      return isOldHello(fromOriginator, header);
    }
    if (!isVersion) {
      giveUp("Invalid version in TLS connection. Version: " + version);
    } else if (first < CONTENT_TYPE_MIN || first > CONTENT_TYPE_MAX) {
      giveUp("Invalid type in TLS connection. Version: " + version + ", Type: " + first);
    }
    isNew = !over;
    return false;
  }

  private boolean isOldHello(boolean fromOriginator, Payload header) {
    int type = header.u8(2);
    int version = header.u16(3);
    if (type == OLD_CLIENT_HELLO && fromOriginator) {
      boolean isVersion =
          version == Handshake.SSL_2 || (version >= Handshake.SSL_3 && version <= Handshake.TLS_12);
      if (!isVersion) {
        giveUp("Invalid version in SSL client hello. Version: " + version);
      }
    } else if (type == OLD_SERVER_HELLO && header.u8(4) < 2 && !fromOriginator) {
      isOld = true;
    } else {
      giveUp(
          "Invalid headers in SSL connection. Head1: "
              + header.u8(1)
              + ", head2: "
              + type
              + ", head3: "
              + header.u8(3));
    }
    return true;
  }

  /** Takes a part of a record. */
  private void take(boolean fromOriginator, End end) {
    if (end.encrypted) {
      return;
    }
    if (end.type >= OLD) {
      Payload message = end.messages.take(content, Math.min(end.length, MESSAGE_MAX));
      if (message != null) {
        old(fromOriginator, end, message);
      }
    } else if (end.type == Handshake.CONTENT_HANDSHAKE) {
      messages(fromOriginator, end);
    } else if (end.type == Handshake.CONTENT_ALERT && !end.headTaken) {
      int wanted = Math.min(end.length, Handshake.alertBytesMax());
      Payload alerts = wanted == 0 ? null : end.alerts.take(content, wanted);
      if (alerts != null) {
        end.headTaken = true;
        handshake.onAlerts(fromOriginator, alerts, end.length);
      }
    } else if (end.type == Handshake.CONTENT_HEARTBEAT && !end.headTaken) {
      Payload head =
          end.length < Heartbeats.HEAD_BYTES
              ? null
              : end.alerts.take(content, Heartbeats.HEAD_BYTES);
      if (head != null) {
        end.headTaken = true;
        end.heartbeatType = head.u8(0);
        end.heartbeatPayloadBytes = head.u16(1);
      }
    }
  }

  /** Takes the end of a record. */
  private void complete(boolean fromOriginator, End end) {
    if (end.encrypted || handshake.isEncrypted(fromOriginator, end.type)) {
      handshake.onEncrypted(fromOriginator);
      if (heartbeats != null) {
        heartbeats.onEncrypted(fromOriginator, end.type, end.length);
      }
    } else {
      switch (end.type) {
        case Handshake.CONTENT_CHANGE_OF_CIPHER -> handshake.onChangeOfCipher(fromOriginator);
        case Handshake.CONTENT_APPLICATION_DATA -> handshake.onApplicationData();
        case Handshake.CONTENT_HEARTBEAT -> onHeartbeat(fromOriginator, end);
        case Handshake.CONTENT_HANDSHAKE, Handshake.CONTENT_ALERT -> {}
        default -> {
          if (end.type < OLD) {
            String from = fromOriginator ? "originator" : "responder";
            giveUp("unknown SSL record type (" + end.type + ") from " + from);
          }
        }
      }
    }
    over |= handshake.logIfOver();
    isFollowing = over && heartbeats != null && handshake.isTypeShown();
  }

  private void onHeartbeat(boolean fromOriginator, End end) {
    handshake.onHeartbeat(fromOriginator);
    if (heartbeats != null && end.headTaken) {
      heartbeats.onClear(fromOriginator, end.length, end.heartbeatType, end.heartbeatPayloadBytes);
    }
  }

  private void messages(boolean fromOriginator, End end) {
    while (!content.isEmpty() && !over) {
      Payload header = end.messages.peek(content, Handshake.HEADER_LENGTH);
      if (header == null) {
        return;
      }
      int length = Handshake.HEADER_LENGTH + header.u24(1);
      if (length > MESSAGE_MAX) {
        giveUp("handshake message of an impossible length");
        return;
      }
      Payload message = end.messages.take(content, length);
      if (message == null) {
        return;
      }
      int type = message.u8(0);
      if (!handshake.onMessage(fromOriginator, message)) {
        giveUp("invalid handshake message of type " + type);
      }
    }
  }

  /** Reads a message of SSL 2, of which the header has told type and the first two bytes. */
  private void old(boolean fromOriginator, End end, Payload message) {
    switch (end.type - OLD) {
      case OLD_ERROR -> handshake.onAlert(fromOriginator, end.headerTail);
      case OLD_CLIENT_HELLO -> {
        int sessionAt = 6 + Math.max(0, message.u16(0));
        handshake.onOldClientHello(message.text(sessionAt, Math.max(0, message.u16(2))));
      }
      case OLD_SERVER_HELLO -> {
        int version = message.u16(0);
        if (version != Handshake.SSL_2) {
          giveUp("Invalid version in SSL server hello. Version: " + version);
          return;
        }
        int certificateBytes = Math.max(0, message.u16(2));
        int ciphersAt = 8 + certificateBytes;
        int cipher = message.u16(4) >= 3 ? message.u24(ciphersAt) : -1;
        handshake.onOldServerHello(cipher, message.copy(8, certificateBytes));
      }
      case OLD_CLIENT_KEY -> handshake.onOldKey();
      default -> {}
    }
  }

  private void giveUp(String reason) {
    over = true;
    isFollowing = false;
    handshake.log();
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    isJoined |= !isNew && !isOld; // nothing was read yet
    over |= !isJoined; // where the next record begins is not known
    isFollowing = false;
  }

  @Override
  public void onFlowEnd() {
    handshake.log();
  }
}
