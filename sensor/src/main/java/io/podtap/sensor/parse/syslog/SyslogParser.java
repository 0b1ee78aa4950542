/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.syslog;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;

/**
 * Reads messages: a number in angle brackets, eight times the facility and the severity, and text.
 *
 * @see "RFC 3164 section 4.1.1; RFC 5424 section 6.2.1"
 */
final class SyslogParser implements DatagramParser {

  /** Bytes of a message that must be text where it does not say what it is. */
  private static final int TEXT_LOOK = 16;

  private final SyslogProtocol protocol;
  private final Session session;

  SyslogParser(SyslogProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    if (priorityLength(data) == 0 && !isText(data)) {
      session.violation("not a syslog message");
      return;
    }
    session.confirm(SyslogProtocol.SERVICE);
    write(data);
  }

  /** Writes the record of one message. */
  void write(Payload data) {
    int begin = priorityLength(data);
    int priority = 0;
    for (int at = 1; at < begin - 1; at++) {
      priority = 10 * priority + data.u8(at) - '0';
    }
    protocol.log.write(
        new SyslogLog.Row(
            session.flow(),
            session.nowNs(),
            begin == 0 ? SyslogLog.UNSPECIFIED : priority >>> 3,
            begin == 0 ? SyslogLog.UNSPECIFIED : priority & 7,
            data.text(begin, data.length() - begin)));
  }

  /** Returns bytes of the number with its brackets, or 0 when there is none. */
  static int priorityLength(Payload data) {
    int at = 1;
    while (at <= 3 && isDigit(data.u8(at))) {
      at++;
    }
    return data.u8(0) == '<' && at > 1 && data.u8(at) == '>' ? at + 1 : 0;
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isText(Payload data) {
    for (int at = 0; at < Math.min(TEXT_LOOK, data.length()); at++) {
      int c = data.u8(at);
      if ((c < ' ' && c != '\t' && c != '\r' && c != '\n') || c >= 0x7F) {
        return false;
      }
    }
    return !data.isEmpty();
  }

  @Override
  public void onFlowEnd() {}
}
