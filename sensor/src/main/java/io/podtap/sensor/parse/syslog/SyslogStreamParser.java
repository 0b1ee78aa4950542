/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.syslog;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * Finds the messages in a stream: each with its length in front, or a line.
 *
 * @see "RFC 6587 section 3.4"
 */
final class SyslogStreamParser implements StreamParser {

  private static final int MESSAGE_BYTES_MAX = 1 << 15;

  /** Digits of a length and the space behind it, at most. */
  private static final int LENGTH_BYTES_MAX = 6;

  private final Session session;
  private final SyslogParser messages;
  private final Gather gather;

  /** Bytes of the message that was announced, 0 while none is. */
  private int announced;

  private boolean failed;

  SyslogStreamParser(SyslogProtocol protocol, Session session) {
    this.session = session;
    this.gather = new Gather(MESSAGE_BYTES_MAX, session.account());
    this.messages = new SyslogParser(protocol, session);
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    while (fromOriginator && !failed && !data.isEmpty()) {
      if (announced == 0) {
        begin(data);
      } else {
        take(gather.take(data, announced));
      }
    }
  }

  /** Looks whether a line or a length comes. */
  private void begin(Payload data) {
    Payload first = gather.peek(data, 1);
    if (first != null && SyslogParser.isDigit(first.u8(0))) {
      takeLength(data);
    } else if (first != null && first.u8(0) == '<') {
      take(gather.takeLine(data));
    } else if (first != null) {
      fail();
    }
    if (gather.isFull()) {
      fail();
    }
  }

  private void takeLength(Payload data) {
    int length = 0;
    for (int digits = 0; digits < LENGTH_BYTES_MAX; digits++) {
      Payload known = gather.peek(data, digits + 1);
      if (known == null) {
        return;
      }
      int next = known.u8(digits);
      if (next == ' ' && length > 0) {
        gather.take(data, digits + 1);
        announced = length;
        return;
      }
      if (!SyslogParser.isDigit(next)) {
        break;
      }
      length = 10 * length + next - '0';
    }
    fail();
  }

  private void take(@Nullable Payload message) {
    if (message == null) {
      if (gather.isFull()) {
        fail();
      }
      return;
    }
    announced = 0;
    if (SyslogParser.priorityLength(message) == 0) {
      fail();
      return;
    }
    session.confirm(SyslogProtocol.OVER_TCP);
    int length = message.length();
    boolean isLineFed = length > 0 && message.u8(length - 1) == '\n';
    messages.write(isLineFed ? new Payload().wrap(message, 0, length - 1) : message);
  }

  private void fail() {
    failed = true;
    gather.clear();
    session.violation("not a syslog message");
  }

  /** What was begun is lost; where the next message begins is not known. */
  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (fromOriginator) {
      failed = true;
      gather.clear();
    }
  }

  /** A last line may lack its end. */
  @Override
  public void onEnd(boolean fromOriginator) {
    if (fromOriginator && !failed && announced == 0 && gather.held() > 0) {
      Payload last = gather.waiting();
      if (SyslogParser.priorityLength(last) > 0) {
        take(last);
      }
      gather.clear();
    }
  }

  @Override
  public void onFlowEnd() {}
}
