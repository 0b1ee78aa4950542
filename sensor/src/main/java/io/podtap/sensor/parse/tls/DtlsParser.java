package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.Holdings;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.BitSet;

/**
 * Follows DTLS over UDP until its handshake is over.
 *
 * <pre>
 * | content type (1) | version (2) | epoch (2) | number (6) | length (2) | content ...
 * handshake: | type (1) | length (3) | number (2) | fragment offset (3) | fragment length (3) | ...
 * </pre>
 *
 * @see "RFC 6347 sections 4.1 and 4.2"
 */
final class DtlsParser implements DatagramParser {

  private static final int RECORD_HEADER_LENGTH = 13;
  private static final int MESSAGE_HEADER_LENGTH = 12;
  private static final int MESSAGE_MAX = 32_768;
  private static final int VERSION_MAJOR = 0xFE;

  /** One direction: the message that comes in fragments, and what was read already. */
  private static final class End {
    int nextMessage;
    byte[] message = new byte[0];
    final BitSet received = new BitSet();

    long heapBytes() {
      return (long) message.length + received.size() / Byte.SIZE;
    }
  }

  private final Session session;
  private final Handshake handshake;
  private final End client = new End();
  private final End server = new End();
  private final Holdings held;
  private final Payload rest = new Payload();
  private final Payload content = new Payload();
  private final Payload whole = new Payload();
  private boolean over;

  DtlsParser(TlsProtocol protocol, Session session) {
    this.session = session;
    this.held = new Holdings(session.account());
    this.handshake = Handshake.ofDatagrams(session, protocol);
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    rest.wrap(data, 0, data.length());
    while (!rest.isEmpty() && !over) {
      int type = rest.u8(0);
      int length = rest.u16(11);
      if (type < Handshake.CONTENT_CHANGE_OF_CIPHER
          || type > Handshake.CONTENT_HEARTBEAT
          || rest.u8(1) != VERSION_MAJOR
          || length < 0
          || length > rest.length() - RECORD_HEADER_LENGTH) {
        if (handshake.row() == null) {
          session.violation("not a DTLS record");
        }
        return;
      }
      boolean clear = rest.u16(3) == 0; // epoch
      content.wrap(rest, RECORD_HEADER_LENGTH, length);
      rest.skip(RECORD_HEADER_LENGTH + length);
      if (clear) {
        take(fromOriginator, type);
      }
    }
    held.set(client.heapBytes() + server.heapBytes());
  }

  private void take(boolean fromClient, int type) {
    if (type == Handshake.CONTENT_HANDSHAKE) {
      while (!content.isEmpty() && fragment(fromClient)) {}
    } else if (handshake.row() == null) {
      session.violation("DTLS without a Hello");
    } else if (type == Handshake.CONTENT_CHANGE_OF_CIPHER) {
      handshake.onChangeOfCipher(fromClient);
    } else if (type == Handshake.CONTENT_ALERT && content.length() >= 2) {
      handshake.onAlert(fromClient, content.u8(1));
    }
    over = handshake.logIfOver();
  }

  /** Takes one fragment off; returns whether there was one. */
  private boolean fragment(boolean fromClient) {
    int length = content.u24(1);
    int number = content.u16(4);
    int offset = content.u24(6);
    int count = content.u24(9);
    if (count < 0
        || length > MESSAGE_MAX
        || offset + count > length
        || count > content.length() - MESSAGE_HEADER_LENGTH) {
      return false;
    }
    End end = fromClient ? client : server;
    if (number == end.nextMessage) {
      if (end.message.length != Handshake.HEADER_LENGTH + length) {
        end.message = new byte[Handshake.HEADER_LENGTH + length];
        end.received.clear();
        content.copyTo(0, end.message, 0, Handshake.HEADER_LENGTH);
      }
      content.copyTo(MESSAGE_HEADER_LENGTH, end.message, Handshake.HEADER_LENGTH + offset, count);
      end.received.set(offset, offset + count);
      if (end.received.nextClearBit(0) >= length) {
        complete(fromClient, end);
      }
    }
    content.skip(MESSAGE_HEADER_LENGTH + count);
    return true;
  }

  private void complete(boolean fromClient, End end) {
    byte[] message = end.message;
    end.message = new byte[0];
    end.received.clear();
    end.nextMessage++;
    handshake.onMessage(fromClient, whole.wrap(message, 0, message.length));
  }

  @Override
  public void onFlowEnd() {
    handshake.log();
  }
}
