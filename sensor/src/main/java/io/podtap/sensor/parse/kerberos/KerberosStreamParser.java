/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;

/**
 * Finds the messages in a stream, by the four bytes of length in front of each.
 *
 * @see "RFC 4120 section 7.2.2"
 */
final class KerberosStreamParser implements StreamParser {

  private static final int LENGTH_BYTES = 4;
  private static final int MESSAGE_BYTES_MAX = 1 << 16;

  private final Session session;
  private final KerberosParser messages;
  private final Gather fromClient;
  private final Gather fromServer;
  private boolean isClientOver;
  private boolean isServerOver;

  KerberosStreamParser(KerberosProtocol protocol, Session session) {
    this.session = session;
    this.fromClient = new Gather(LENGTH_BYTES + MESSAGE_BYTES_MAX, session.account());
    this.fromServer = new Gather(LENGTH_BYTES + MESSAGE_BYTES_MAX, session.account());
    this.messages = new KerberosParser(protocol, session, KerberosProtocol.OVER_TCP);
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Gather gather = fromOriginator ? fromClient : fromServer;
    while (!(fromOriginator ? isClientOver : isServerOver) && !data.isEmpty()) {
      Payload head = gather.peek(data, LENGTH_BYTES);
      if (head == null) {
        return;
      }
      long length = head.u32(0);
      if (length < 2 || length > MESSAGE_BYTES_MAX) {
        isClientOver = true;
        isServerOver = true;
        session.violation("not a Kerberos message");
        return;
      }
      Payload message = gather.take(data, LENGTH_BYTES + (int) length);
      if (message == null) {
        return;
      }
      message.skip(LENGTH_BYTES);
      messages.onDatagram(fromOriginator, message);
    }
  }

  /** Where that end's next message begins is not known; mostly there is one of each end. */
  @Override
  public void onGap(boolean fromOriginator, long length) {
    (fromOriginator ? fromClient : fromServer).clear();
    isClientOver |= fromOriginator;
    isServerOver |= !fromOriginator;
    messages.miss();
  }

  @Override
  public void onFlowEnd() {
    messages.onFlowEnd();
  }
}
