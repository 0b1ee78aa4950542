/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * Finds the messages of one connection: as they are, in the tokens that SASL wraps around them
 * after a login, or not at all where they are encrypted. After a gap it goes on with the next
 * message or token that it recognises. One thread.
 *
 * <pre>
 *   token of Kerberos: length (4)  05 04  flags  FF  extra (2)  rotation (2)  number (8)  ...
 * </pre>
 *
 * @see "RFC 4511 section 4.2; RFC 4422 section 3.7; RFC 4121 section 4.2.6.2"
 */
final class LdapParser implements StreamParser {

  /** Bytes of a message that are looked at. */
  private static final int KEPT_MAX = 32 << 10;

  private static final int LENGTH_MAX = 64 << 20;
  private static final int SEQUENCE = 0x30;
  private static final int LENGTH_BYTES = 4;

  /** A token's length and its header. */
  private static final int TOKEN_HEADER = LENGTH_BYTES + 16;

  private static final int WRAP_TOKEN = 0x0504;
  private static final int SEALED = 2;

  /** What stands on the connection. */
  private enum Mode {
    MESSAGES,
    /** The next bytes tell which of the others it is. */
    UNKNOWN,
    KERBEROS,
    ENCRYPTED
  }

  /** One direction. */
  private static final class End {
    final Gather gather;
    final Resynchronizer again;

    /** Bytes of the message at hand that are not looked at. */
    long rest;

    /** Bytes in front of the messages of a token, of them, and behind them. */
    long lead;

    long inside;
    long trailer;

    End(Session session) {
      gather = new Gather(KEPT_MAX + 8, session.account());
      again = new Resynchronizer(LdapParser::header, /* isTelling= */ true, session.account());
    }
  }

  private final Session session;
  private final LdapMessages messages;
  private final End client;
  private final End server;
  private final Payload part = new Payload();
  private Mode mode = Mode.MESSAGES;
  private @Nullable StreamParser tls;
  private boolean over;

  /** Whether bytes are missing: what stands on the connection may have changed in them. */
  private boolean isLossy;

  LdapParser(LdapProtocol protocol, Session session) {
    this.session = session;
    this.messages = new LdapMessages(protocol, session, LdapProtocol.SERVICE);
    this.client = new End(session);
    this.server = new End(session);
    if (session.flow().partial) {
      isLossy = true;
      client.again.begin();
      server.again.begin();
    }
  }

  /** Recognises a message, or a token of Kerberos, for the {@link Resynchronizer}. */
  private static long header(Payload data, int at) {
    if (data.u8(at) == 0) {
      return data.u32(at) > TOKEN_HEADER && data.u16(at + LENGTH_BYTES) == WRAP_TOKEN
          ? LENGTH_BYTES + data.u32(at)
          : Resynchronizer.NONE;
    }
    if (data.u8(at) != SEQUENCE) {
      return Resynchronizer.NONE;
    }
    int first = data.u8(at + 1);
    int more = first < 0x80 ? 0 : first & 0x7F;
    long length = more == 0 ? first : 0;
    for (int i = 0; i < more && i < LENGTH_BYTES; i++) {
      length = length << 8 | Math.max(0, data.u8(at + 2 + i));
    }
    int number = at + 2 + more;
    int operation = number + 2 + Math.max(0, data.u8(number + 1));
    boolean isMessage =
        more <= LENGTH_BYTES
            && length > 4
            && length < LENGTH_MAX
            && data.u8(number) == 2
            && data.u8(number + 1) <= 4
            && (data.u8(operation) & 0xC0) == 0x40
            && LdapNames.operation(data.u8(operation)) != null;
    return isMessage ? 2 + more + length : Resynchronizer.NONE;
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    End end = fromOriginator ? client : server;
    Payload bytes = data;
    if (tls == null && !over && end.again.beginSegment()) {
      Payload found = end.again.find(data);
      if (found == null) {
        return;
      }
      bytes = found;
      if (end.again.takeSkippedBytes() > 0 && !fromOriginator) {
        messages.missAnswers();
      }
    }
    while (!bytes.isEmpty() && !over) {
      StreamParser inner = tls;
      if (inner != null) {
        inner.onData(fromOriginator, bytes);
        return;
      }
      if (!step(fromOriginator, end, bytes)) {
        return;
      }
    }
  }

  /** Goes on by one message, token or part of one; returns false when more must come. */
  private boolean step(boolean fromOriginator, End end, Payload data) {
    if (end.lead > 0) {
      end.lead -= skip(data, end.lead);
      return true;
    }
    if (end.inside > 0) {
      inside(fromOriginator, end, data);
      return true;
    }
    if (end.trailer > 0) {
      end.trailer -= skip(data, end.trailer);
      return true;
    }
    if (end.rest > 0) {
      end.rest -= skip(data, end.rest);
      return true;
    }
    return switch (mode) {
      case MESSAGES -> message(fromOriginator, end, data);
      case UNKNOWN -> decide(end, data);
      case KERBEROS, ENCRYPTED -> token(end, data);
    };
  }

  private static long skip(Payload data, long wanted) {
    int count = (int) Math.min(wanted, data.length());
    data.skip(count);
    return count;
  }

  /** Takes messages out of a token. */
  private void inside(boolean fromOriginator, End end, Payload data) {
    part.wrap(data, 0, (int) Math.min(end.inside, data.length()));
    int count = part.length();
    while (!part.isEmpty() && !over) {
      if (end.rest > 0) {
        end.rest -= skip(part, end.rest);
      } else if (!message(fromOriginator, end, part)) {
        break;
      }
    }
    data.skip(count);
    end.inside -= count;
    if (end.inside == 0) {
      end.rest = 0;
      end.gather.clear(); // a message does not go on in the next token
    }
  }

  private boolean message(boolean fromOriginator, End end, Payload data) {
    long length = messageLength(end, data);
    if (length == 0) {
      return false;
    }
    if (length < 0 || length > LENGTH_MAX) {
      return loseWay(end, data);
    }
    int kept = (int) Math.min(length, KEPT_MAX);
    Payload whole = end.gather.take(data, kept);
    if (whole == null) {
      return false;
    }
    end.rest = length - kept;
    switch (messages.read(fromOriginator, new Payload().wrap(whole, 0, kept))) {
      case INVALID -> giveUp();
      case LOGGED_IN -> mode = Mode.UNKNOWN;
      case LOGGED_IN_BY_KERBEROS -> mode = Mode.KERBEROS;
      case TLS -> {
        tls = session.inner(Service.SSL);
        over = tls == null;
      }
      case NONE -> {}
    }
    return true;
  }

  /** There is no message where one should begin; returns whether it may go on. */
  private boolean loseWay(End end, Payload data) {
    if (!isLossy) {
      giveUp();
      return false;
    }
    Payload head = end.gather.peek(data, 1);
    if (end.inside == 0 && head != null && head.u8(0) == 0) {
      mode = Mode.UNKNOWN; // a login was missing
      return true;
    }
    end.gather.clear();
    end.again.begin();
    data.skip(data.length());
    return false;
  }

  /** Returns how long a message is in all, 0 when more must come, -1 when it is none. */
  private static long messageLength(End end, Payload data) {
    Payload head = end.gather.peek(data, 4);
    if (head == null) {
      return 0;
    }
    int first = head.u8(1);
    int more = first < 0x80 ? 0 : first & 0x7F;
    if (head.u8(0) != SEQUENCE || first == 0x80 || more > 4) {
      return -1;
    }
    if (more > 2) {
      head = end.gather.peek(data, 2 + more);
      if (head == null) {
        return 0;
      }
    }
    long length = more == 0 ? first : 0;
    for (int i = 0; i < more; i++) {
      length = length << 8 | head.u8(2 + i);
    }
    return Math.max(4, 2 + more + length);
  }

  /** Tells by the first bytes after a login what it has brought. */
  private boolean decide(End end, Payload data) {
    Payload head = end.gather.peek(data, 1);
    if (head == null) {
      return false;
    }
    if (head.u8(0) == SEQUENCE) {
      mode = Mode.MESSAGES;
      return true;
    }
    String mechanism = messages.mechanism();
    if (mechanism.isEmpty() || mechanism.startsWith("GSS")) {
      head = end.gather.peek(data, LENGTH_BYTES + 2);
      if (head == null) {
        return false;
      }
      mode = head.u16(LENGTH_BYTES) == WRAP_TOKEN ? Mode.KERBEROS : Mode.ENCRYPTED;
    } else {
      mode = Mode.ENCRYPTED;
    }
    return true;
  }

  private boolean token(End end, Payload data) {
    Payload head = end.gather.peek(data, LENGTH_BYTES + 2);
    if (head == null) {
      return false;
    }
    long length = head.u32(0);
    if (head.u8(0) == SEQUENCE) { // not wrapped: as a token it would have 768 MiB
      mode = Mode.MESSAGES;
      return true;
    }
    boolean isWrapped =
        mode == Mode.KERBEROS
            && head.u16(LENGTH_BYTES) == WRAP_TOKEN
            && length >= TOKEN_HEADER - LENGTH_BYTES;
    Payload header = end.gather.take(data, isWrapped ? TOKEN_HEADER : LENGTH_BYTES + 2);
    if (header == null) {
      return false;
    }
    if (length < 2 || length > LENGTH_MAX) {
      giveUp();
    } else if (isWrapped && (header.u8(6) & SEALED) == 0) {
      unwrap(end, header, length + LENGTH_BYTES - TOKEN_HEADER);
    } else {
      end.rest = length + LENGTH_BYTES - (isWrapped ? TOKEN_HEADER : LENGTH_BYTES + 2);
    }
    return true;
  }

  /** Tells where the messages of a token stand: its checksum is in front of them or behind. */
  private void unwrap(End end, Payload header, long bytes) {
    int extra = header.u16(8);
    int rotation = header.u16(10);
    if (extra > bytes || (rotation != extra && rotation != 0)) {
      giveUp();
      return;
    }
    end.lead = rotation == extra ? extra : 0;
    end.trailer = extra - end.lead;
    end.inside = bytes - extra;
  }

  private void giveUp() {
    over = true;
    session.violation("not an LDAP message");
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
      return;
    }
    End end = fromOriginator ? client : server;
    if (end.inside == 0 && length <= end.rest) {
      end.rest -= length;
      return;
    }
    if (!fromOriginator) {
      messages.missAnswers();
    }
    isLossy = true;
    end.rest = 0;
    end.lead = 0;
    end.inside = 0;
    end.trailer = 0;
    end.gather.clear();
    end.again.begin();
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    if (tls != null) {
      tls.onEnd(fromOriginator);
    }
  }

  @Override
  public void onFlowEnd() {
    if (tls != null) {
      tls.onFlowEnd();
    }
    messages.end();
  }
}
