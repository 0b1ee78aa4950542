/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rdp;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.ber.Element;
import org.jspecify.annotations.Nullable;

/**
 * Follows one connection of RDP until it is encrypted: the connection request and its answer, then
 * the settings of both ends, or TLS. After a gap the next message is found by its header. One
 * thread.
 *
 * @see "[MS-RDPBCGR] 1.3.1.1; RFC 1006 section 6; ITU-T X.224 section 13; ITU-T T.125 section 7"
 */
final class RdpParser implements StreamParser {

  private static final int TPKT_HEADER = 4;
  private static final int MESSAGE_MIN = TPKT_HEADER + 3;
  private static final int MESSAGE_MAX = 65_535;

  private static final int CONNECTION_REQUEST = 0xE0;
  private static final int CONNECTION_CONFIRM = 0xD0;
  private static final int DATA = 0xF0;

  /** Where a connection request has its text, and a confirm its negotiation. */
  private static final int VARIABLE = 11;

  private static final String COOKIE = "Cookie: mstshash=";
  private static final int COOKIE_MAX = 1_024;
  private static final int NEGOTIATION_RESPONSE = 2;
  private static final int NEGOTIATION_FAILURE = 3;

  /** Where the MCS message begins, whose tag is two bytes. */
  private static final int MCS = 7;

  private static final int CONNECT_TAG = 0x7F;
  private static final int CONNECT_INITIAL = 0x65;
  private static final int CONNECT_RESPONSE = 0x66;

  /** As many channels may a client ask for ([MS-RDPBCGR] 2.2.1.3.4). */
  private static final int CHANNELS_MAX = 31;

  private static final int FIELDS_BEFORE_REQUEST = 6;
  private static final int FIELDS_BEFORE_RESPONSE = 3;

  /** Zeek writes what it knows by then. */
  private static final long PATIENCE_NS = 10_000_000_000L;

  private final RdpProtocol protocol;
  private final Session session;
  private final Gather client;
  private final Gather server;
  private final Resynchronizer clientAgain;
  private final Resynchronizer serverAgain;
  private final HeldHeap rowHeld;
  private @Nullable RdpRow row;
  private @Nullable StreamParser tls;
  private boolean turnsToTls;
  private boolean over;
  private boolean written;

  RdpParser(RdpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.client = new Gather(MESSAGE_MAX, session.account());
    this.server = new Gather(MESSAGE_MAX, session.account());
    this.clientAgain =
        new Resynchronizer(RdpParser::messageBytes, /* isTelling= */ true, session.account());
    this.serverAgain =
        new Resynchronizer(RdpParser::messageBytes, /* isTelling= */ true, session.account());
    this.rowHeld = new HeldHeap(session.account());
  }

  /** As in {@link Resynchronizer.Header}. */
  private static long messageBytes(Payload data, int at) {
    if (data.length() - at < TPKT_HEADER + 2) {
      boolean mayBegin = data.u8(at) == 3 && data.u8(at + 1) <= 0;
      return mayBegin ? Resynchronizer.MORE : Resynchronizer.NONE;
    }
    boolean isMessage =
        data.u16(at) == 0x0300
            && data.u16(at + 2) >= MESSAGE_MIN
            && data.u8(at + 4) < data.u16(at + 2)
            && isKind(data.u8(at + 5));
    return isMessage ? data.u16(at + 2) : Resynchronizer.NONE;
  }

  private static boolean isKind(int code) {
    return code == CONNECTION_REQUEST || code == CONNECTION_CONFIRM || code == DATA;
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (turnsToTls) {
      leadTls(fromOriginator, data);
      return;
    }
    Resynchronizer again = fromOriginator ? clientAgain : serverAgain;
    Payload messages = data;
    if (again.beginSegment() && !over) {
      Payload found = again.find(data);
      if (found == null) {
        return;
      }
      messages = found;
    }
    Gather gather = fromOriginator ? client : server;
    while (!messages.isEmpty() && !over) {
      if (turnsToTls) {
        leadTls(fromOriginator, messages);
        return;
      }
      Payload header = gather.peek(messages, TPKT_HEADER);
      if (header == null) {
        return;
      }
      int length = header.u16(2);
      if (header.u16(0) != 0x0300 || length < MESSAGE_MIN) {
        giveUp("not a TPKT message");
        return;
      }
      Payload message = gather.take(messages, length);
      if (message == null) {
        return;
      }
      read(fromOriginator, message);
    }
  }

  private void read(boolean fromOriginator, Payload message) {
    if (row != null && session.nowNs() - row.timeNs > PATIENCE_NS) {
      write();
    }
    switch (message.u8(5)) {
      case CONNECTION_REQUEST -> {
        if (fromOriginator) {
          row().cookie = cookie(message);
        }
      }
      case CONNECTION_CONFIRM -> {
        if (!fromOriginator) {
          confirm(message);
        }
      }
      case DATA -> {
        if (message.u8(MCS) == CONNECT_TAG) {
          connect(message);
        }
      }
      default -> giveUp("unknown X.224 message");
    }
    RdpRow known = row;
    if (known != null) {
      rowHeld.set(known.bytes());
    }
  }

  private RdpRow row() {
    RdpRow known = row;
    if (known == null) {
      known = new RdpRow(session.flow(), session.nowNs());
      row = known;
    }
    return known;
  }

  private static String cookie(Payload message) {
    if (!message.has(VARIABLE, COOKIE)) {
      return "";
    }
    int start = VARIABLE + COOKIE.length();
    int end = message.indexOf('\r', start);
    return message.text(start, Math.min((end < 0 ? message.length() : end) - start, COOKIE_MAX));
  }

  private void confirm(Payload message) {
    long number = Integer.toUnsignedLong(Integer.reverseBytes((int) message.u32(VARIABLE + 4)));
    if (message.u8(VARIABLE) == NEGOTIATION_FAILURE) {
      row().result = RdpNames.failure(number);
    } else if (message.u8(VARIABLE) == NEGOTIATION_RESPONSE) {
      row().securityProtocol = RdpNames.securityProtocol(number);
      turnsToTls = number != 0;
    } else {
      row();
    }
  }

  private void connect(Payload message) {
    Element whole = Element.take(new Payload().wrap(message, MCS + 1, message.length()));
    Payload fields = whole.content();
    boolean isRequest = whole.tag() == CONNECT_INITIAL;
    if (!isRequest && whole.tag() != CONNECT_RESPONSE) {
      return;
    }
    for (int i = 0; i < (isRequest ? FIELDS_BEFORE_REQUEST : FIELDS_BEFORE_RESPONSE); i++) {
      Element.take(fields);
    }
    Payload data = Element.take(fields).content();
    RdpRow known = row();
    boolean isRead =
        isRequest
            ? ConferenceData.readRequest(data, known)
            : ConferenceData.readResponse(data, known, this::certificate);
    if (!isRead) {
      giveUp("not a conference of T.124");
      return;
    }
    session.confirm(RdpProtocol.SERVICE);
    int channels = known.channels == null ? 0 : known.channels.size();
    if (isRequest && channels > CHANNELS_MAX) {
      String count = Integer.toString(channels);
      session.weird("RDP_channels_requested_exceeds_max", count, /* source= */ "");
    }
    if (!isRequest) {
      if (known.securityProtocol == null) {
        known.securityProtocol = RdpNames.securityProtocol(0);
      }
      leave();
    }
  }

  private void certificate(Payload encoded) {
    protocol.certificates.take(
        session, /* fromClient= */ false, /* isOwn= */ true, encoded.copy(0, encoded.length()));
  }

  /** Looks no further: what follows is encrypted, or about the session. */
  private void leave() {
    over = true;
    client.clear();
    server.clear();
    clientAgain.stop();
    serverAgain.stop();
  }

  private void giveUp(String reason) {
    leave();
    session.violation(reason);
  }

  private void leadTls(boolean fromOriginator, Payload data) {
    if (over) {
      return;
    }
    RdpRow known = row();
    if (known.result == null) {
      known.result = "encrypted";
    }
    if (tls == null) {
      tls = session.inner(Service.SSL);
      if (tls == null) {
        leave();
        return;
      }
    }
    tls.onData(fromOriginator, data);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
    } else if (!over) {
      (fromOriginator ? client : server).clear();
      (fromOriginator ? clientAgain : serverAgain).begin();
    }
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
    write();
  }

  private void write() {
    RdpRow known = row;
    if (known != null && known.isTelling() && !written) {
      written = true;
      protocol.log.write(known);
    }
  }
}
