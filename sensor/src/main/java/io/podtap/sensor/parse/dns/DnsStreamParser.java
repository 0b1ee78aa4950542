/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
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

  /** Bytes in which a message must be found. */
  private static final long SOUGHT_MAX = 1 << 20;

  private final DnsParser messages;
  private final Session session;
  private final Gather originator;
  private final Gather responder;
  private final Resynchronizer originatorAgain;
  private final Resynchronizer responderAgain;

  /** When bytes were found to be missing: what waited behind them came earlier than now. */
  private long gapNs = -1;

  DnsStreamParser(DnsProtocol protocol, Session session) {
    this.messages = new DnsParser(protocol, session);
    this.session = session;
    this.originator = new Gather(LENGTH_BYTES + MESSAGE_MAX, session.account());
    this.responder = new Gather(LENGTH_BYTES + MESSAGE_MAX, session.account());
    this.originatorAgain =
        new Resynchronizer(DnsStreamParser::question, /* isTelling= */ true, session.account());
    this.responderAgain =
        new Resynchronizer(DnsStreamParser::answer, /* isTelling= */ true, session.account());
    if (session.flow().partial) {
      originatorAgain.begin();
      responderAgain.begin();
      messages.miss();
    }
  }

  private static long question(Payload data, int at) {
    return message(data, at, /* isAnswer= */ false);
  }

  private static long answer(Payload data, int at) {
    return message(data, at, /* isAnswer= */ true);
  }

  /** Length, id, flags, counts: as in {@link Resynchronizer.Header}. */
  private static long message(Payload data, int at, boolean isAnswer) {
    if (data.length() - at < LENGTH_BYTES + DnsMessageReader.HEADER_LENGTH) {
      return Resynchronizer.MORE;
    }
    int length = data.u16(at);
    int flags = data.u16(at + 4);
    int questions = data.u16(at + 6);
    int opcode = flags >> 11 & 0xF;
    boolean plausible =
        length >= DnsMessageReader.HEADER_LENGTH
            && (flags & 0x8000) != 0 == isAnswer
            && opcode <= 6
            && (flags & 0x40) == 0
            && (flags & 0xF) <= 11
            && questions <= 1
            && questions + data.u16(at + 8) + data.u16(at + 10) > 0
            && 11L * (data.u16(at + 8) + data.u16(at + 10) + data.u16(at + 12)) + 5L * questions
                <= length - DnsMessageReader.HEADER_LENGTH
            && (questions == 0 || data.u8(at + 14) < 64);
    return plausible ? LENGTH_BYTES + length : Resynchronizer.NONE;
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Resynchronizer again = fromOriginator ? originatorAgain : responderAgain;
    boolean isSought = again.beginSegment();
    Payload found = isSought ? again.find(data) : data;
    if (found != null) {
      messages.timesUnknown(session.nowNs() == gapNs || (isSought && again.isLate()));
      messages(fromOriginator, found);
      messages.timesUnknown(false);
    } else if (again.soughtBytes() > SOUGHT_MAX) {
      session.violation("no message");
    }
  }

  private void messages(boolean fromOriginator, Payload data) {
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

  /** Answers are told by their ids, so only what is in the hole is missing. */
  @Override
  public void onGap(boolean fromOriginator, long length) {
    Gather gather = fromOriginator ? originator : responder;
    Resynchronizer again = fromOriginator ? originatorAgain : responderAgain;
    Payload begun = gather.waiting();
    long left = begun.length() < 2 ? -1 : LENGTH_BYTES + begun.u16(0) - begun.length() - length;
    gather.clear();
    again.begin();
    messages.miss();
    gapNs = session.nowNs();
    if (left == 0) {
      again.stop(); // the hole ends with the message
    }
  }

  @Override
  public void onFlowEnd() {
    messages.onFlowEnd();
  }
}
