package io.podtap.sensor.parse.dns;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;

/**
 * DNS over TCP: each message behind its length.
 *
 * @see "RFC 1035 section 4.2.2, RFC 7766"
 */
final class DnsStreamParser implements StreamParser {

  private static final int LENGTH_BYTES = 2;
  private static final int MESSAGE_MAX = 65_535;

  private final DnsParser messages;
  private final Session session;
  private final Gather originator;
  private final Gather responder;

  DnsStreamParser(DnsProtocol protocol, Session session) {
    this.messages = new DnsParser(protocol, session);
    this.session = session;
    this.originator = new Gather(LENGTH_BYTES + MESSAGE_MAX, session.account());
    this.responder = new Gather(LENGTH_BYTES + MESSAGE_MAX, session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Gather gather = fromOriginator ? originator : responder;
    for (Payload length = gather.peek(data, LENGTH_BYTES);
        length != null;
        length = gather.peek(data, LENGTH_BYTES)) {
      Payload message = gather.take(data, LENGTH_BYTES + length.u16(0));
      if (message == null) {
        return;
      }
      message.skip(LENGTH_BYTES);
      messages.onDatagram(fromOriginator, message);
    }
  }

  /** Where the next message begins is not known any more. */
  @Override
  public void onGap(boolean fromOriginator, long length) {
    session.violation("bytes are missing");
  }

  @Override
  public void onFlowEnd() {
    messages.onFlowEnd();
  }
}
