package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.Account;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.hello.ClientHello;

/**
 * Follows one connection, record by record, until its handshake is over.
 *
 * <pre>
 * | content type (1) | version (2) | length (2) | content ...
 * </pre>
 *
 * @see "RFC 8446 section 5.1; RFC 5246 section 6.2"
 */
final class TlsParser implements StreamParser {

  private static final int HEADER_LENGTH = 5;
  private static final int CONTENT_MAX = 16_384 + 2_048;
  private static final int MESSAGE_MAX = 131_072;
  private static final int VERSION_MAJOR = 3;
  private static final int VERSION_2 = 0x0002;

  /** What a record of SSL 2 is taken for here; no content type. */
  private static final int OLD_HELLO = -1;

  private static final int OLD_LENGTH = 0x7FFF;
  private static final int OLD_HELLO_LENGTH_MIN = 9 + 3 + 16;
  private static final int ALERT_LENGTH = 2;
  private static final int CONTENT_APPLICATION_DATA = 23;

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

    /** Bytes of the record at hand that have not come yet. */
    int left;

    End(Account account) {
      header = new Gather(HEADER_LENGTH, account);
      messages = new Gather(MESSAGE_MAX, account);
      alerts = new Gather(ALERT_LENGTH, account);
      records = new Resynchronizer(TlsParser::recordBytes, /* isTelling= */ false, account);
    }
  }

  private final Session session;
  private final Handshake handshake;
  private final End client;
  private final End server;
  private final Payload content = new Payload();
  private boolean isJoined;
  private boolean over;

  TlsParser(TlsProtocol protocol, Session session) {
    this.session = session;
    this.client = new End(session.account());
    this.server = new End(session.account());
    this.isJoined = session.flow().partial;
    this.handshake = Handshake.ofStream(session, protocol);
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (isJoined && !over && handshake.row() == null && !isHandshake(data)) {
      joined(fromOriginator, data);
      return;
    }
    End end = fromOriginator ? client : server;
    while (!data.isEmpty() && !over) {
      if (end.left == 0 && !begin(fromOriginator, end, data)) {
        return;
      }
      int part = Math.min(end.left, data.length());
      content.wrap(data, 0, part);
      data.skip(part);
      end.left -= part;
      take(fromOriginator, end);
    }
  }

  private boolean isHandshake(Payload data) {
    isJoined &= data.u8(0) != Handshake.CONTENT_HANDSHAKE && data.u8(2) != ClientHello.TYPE;
    return !isJoined;
  }

  /** Records in a row are TLS, whatever they carry; what they carry cannot be read. */
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
            && type <= CONTENT_APPLICATION_DATA
            && data.u8(at + 1) == VERSION_MAJOR
            && data.u8(at + 2) <= 4
            && length > 0
            && length <= CONTENT_MAX;
    return plausible ? HEADER_LENGTH + length : Resynchronizer.NONE;
  }

  /** Reads the header of a record; false when there is none yet, or never will be. */
  private boolean begin(boolean fromClient, End end, Payload data) {
    Payload header = end.header.take(data, HEADER_LENGTH);
    if (header == null) {
      return false;
    }
    boolean first = handshake.row() == null;
    if (first && fromClient && isOldHello(header)) {
      end.type = OLD_HELLO;
      end.left = (header.u16(0) & OLD_LENGTH) + 2 - HEADER_LENGTH;
      return true;
    }
    int type = header.u8(0);
    int length = header.u16(3);
    if (type < Handshake.CONTENT_CHANGE_OF_CIPHER
        || type > Handshake.CONTENT_HEARTBEAT
        || header.u8(1) != VERSION_MAJOR
        || length > CONTENT_MAX
        || (first && type != Handshake.CONTENT_HANDSHAKE && type != Handshake.CONTENT_ALERT)) {
      giveUp("not a TLS record");
      return false;
    }
    end.type = type;
    end.left = length;
    if (type == Handshake.CONTENT_CHANGE_OF_CIPHER && !end.encrypted) {
      handshake.onChangeOfCipher(fromClient);
      TlsRow row = handshake.row();
      end.encrypted = row != null && row.version >= 0 && !row.isVersion13();
    } else if (type > Handshake.CONTENT_HANDSHAKE) {
      handshake.onApplicationData(fromClient);
    }
    checkOver();
    return true;
  }

  /**
   * A ClientHello in the form of SSL 2, which clients sent that could also do with an old server:
   * length of two bytes with the highest bit set, message type, version.
   *
   * @see "RFC 5246 appendix E.2"
   */
  private static boolean isOldHello(Payload header) {
    return (header.u16(0) & ~OLD_LENGTH) != 0
        && (header.u16(0) & OLD_LENGTH) >= OLD_HELLO_LENGTH_MIN
        && header.u8(2) == ClientHello.TYPE
        && (header.u16(3) == VERSION_2 || header.u8(3) == VERSION_MAJOR);
  }

  private void take(boolean fromClient, End end) {
    if (end.encrypted) {
      return;
    }
    if (end.type == OLD_HELLO) {
      if (end.left == 0) {
        handshake.onOldHello();
      }
      return;
    }
    if (end.type == Handshake.CONTENT_HANDSHAKE) {
      messages(fromClient, end);
    } else if (end.type == Handshake.CONTENT_ALERT) {
      Payload alert = end.alerts.take(content, ALERT_LENGTH);
      if (alert != null) {
        handshake.onAlert(fromClient, alert.u8(1));
      }
    }
  }

  private void messages(boolean fromClient, End end) {
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
      handshake.onMessage(fromClient, message);
    }
  }

  private void giveUp(String reason) {
    over = true;
    session.violation(reason);
  }

  /** Once both ends encrypt there is nothing more to read. */
  private void checkOver() {
    over |= handshake.logIfOver();
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    End end = fromOriginator ? client : server;
    if (length <= end.left && end.encrypted) {
      end.left -= (int) length;
    } else {
      over = true; // where the next record begins is not known
    }
  }

  @Override
  public void onFlowEnd() {
    handshake.log();
  }
}
