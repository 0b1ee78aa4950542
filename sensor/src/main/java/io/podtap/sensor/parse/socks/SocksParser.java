/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.socks;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages before the connection that was asked for, and hands on what follows.
 *
 * @see "RFC 1928 sections 3 to 6; RFC 1929 section 2"
 */
final class SocksParser implements StreamParser {

  /** The longest message: a login of two texts. */
  private static final int MESSAGE_BYTES_MAX = 1 << 10;

  /** A row with two places and their names, and a user, each of a message at most. */
  private static final long ROW_BYTES = 56 + 2 * 48 + 3 * 40 + 2 * 256 + MESSAGE_BYTES_MAX;

  private static final int LOGIN = 2;
  private static final int LOGIN_VERSION = 1;

  private final SocksProtocol protocol;
  private final Session session;
  private final Gather client;
  private final Gather server;
  private @Nullable SocksRow row;
  private @Nullable StreamParser inner;
  private boolean greeted;
  private boolean methodChosen;
  private boolean loginExpected;
  private boolean requested;
  private boolean replied;
  private boolean confirmed;
  private boolean failed;

  SocksParser(SocksProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.client = new Gather(MESSAGE_BYTES_MAX, session.account());
    this.server = new Gather(MESSAGE_BYTES_MAX, session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    while (!failed && !data.isEmpty()) {
      boolean isDone = fromOriginator ? requested : replied;
      if (isDone) {
        carry(fromOriginator, data);
        return;
      }
      boolean isTaken = fromOriginator ? onClient(data) : onServer(data);
      if (!isTaken && (fromOriginator ? client : server).isFull()) {
        fail("message is too long");
      }
      if (!isTaken) {
        return;
      }
    }
  }

  private void carry(boolean fromOriginator, Payload data) {
    if (inner == null) {
      inner = session.innerByContent();
    }
    inner.onData(fromOriginator, data);
  }

  /** Takes a message of the client; false when more must come or it is none. */
  private boolean onClient(Payload data) {
    Payload first = client.peek(data, 2);
    if (first == null) {
      return false;
    }
    int version = first.u8(0);
    int second = first.u8(1);
    if (!greeted && version == 4 && (second == 1 || second == 2)) {
      return request4(data);
    }
    if (!greeted && version == 5) {
      greeted = client.take(data, 2 + second) != null;
      row(5);
      return greeted;
    }
    if (greeted && version == LOGIN_VERSION) {
      return login(data, second);
    }
    if (loginExpected) {
      return passOverLogin(client, data, version);
    }
    if (greeted && version == 5 && second >= 1 && second <= 3) {
      Payload message = address(client, data);
      if (message == null) {
        return false;
      }
      if (message.u8(2) != 0) {
        return fail("invalid value in reserved field: " + message.u8(2));
      }
      onRequest(row(5), place(message));
      return true;
    }
    return fail("unsupported/unknown SOCKS version " + version);
  }

  /** Passes over a login of a version that is not known, up to the end of the segment. */
  private boolean passOverLogin(Gather gather, Payload data, int version) {
    session.weird("socks5_unsupported_authentication", "method 2, version " + version);
    gather.clear();
    data.skip(data.length());
    return true;
  }

  private boolean fail(String reason) {
    failed = true;
    client.clear();
    server.clear();
    session.violation(reason);
    return false;
  }

  private SocksRow row(int version) {
    if (row == null) {
      row = new SocksRow(session.flow(), session.nowNs(), version);
      session.account().take(ROW_BYTES);
    }
    return row;
  }

  /** Version 4: port, address, user; the name behind it when the address is 0.0.0.x. */
  private boolean request4(Payload data) {
    Payload head = client.peek(data, 8);
    if (head == null) {
      return false;
    }
    long address = head.u32(4);
    boolean isNamed = address > 0 && address < 256;
    int userEnd = textEnd(data, 8);
    int end = userEnd >= 0 && isNamed ? textEnd(data, userEnd + 1) : userEnd;
    Payload message = end < 0 ? null : client.take(data, end + 1);
    if (message == null) {
      return false;
    }
    String name = isNamed ? message.text(userEnd + 1, end - userEnd - 1) : null;
    onRequest(row(4), new SocksRow.Place(true, 0, mapped(message.u32(4)), name, message.u16(2)));
    return true;
  }

  /** Returns where the zero behind a text stands, or -1 when it has not come. */
  private int textEnd(Payload data, int from) {
    for (int at = from; at < MESSAGE_BYTES_MAX; at++) {
      Payload known = client.peek(data, at + 1);
      if (known == null) {
        return -1;
      }
      if (known.u8(at) == 0) {
        return at;
      }
    }
    fail("message is too long");
    return -1;
  }

  private void onRequest(SocksRow asked, SocksRow.@Nullable Place place) {
    if (place == null) {
      fail("invalid SOCKSv5 addr type");
      return;
    }
    requested = true;
    asked.begin(session.nowNs());
    asked.requested = place;
    protocol.tunnels.discoverProxy(session.flow(), "Tunnel::SOCKS");
  }

  private boolean login(Payload data, int userLength) {
    Payload head = client.peek(data, 3 + userLength);
    Payload message =
        head == null ? null : client.take(data, 3 + userLength + head.u8(2 + userLength));
    if (message == null) {
      return false;
    }
    row(5).begin(session.nowNs());
    row(5).user = message.text(2, userLength);
    return true;
  }

  /** Takes a message of the proxy; false when more must come or it is none. */
  private boolean onServer(Payload data) {
    Payload first = server.peek(data, 2);
    SocksRow known = row;
    if (first == null) {
      return false;
    }
    if (known == null) {
      return fail("the proxy speaks first");
    }
    if (known.version == 4) {
      return reply4(data, known);
    }
    int kind = first.u8(0);
    int code = first.u8(1);
    if (!methodChosen && kind == 5) {
      server.take(data, 2);
      methodChosen = true;
      loginExpected = code == LOGIN;
      return isSupported(code);
    }
    if (loginExpected && kind != LOGIN_VERSION) {
      loginExpected = false;
      return passOverLogin(server, data, kind);
    }
    if (methodChosen && kind == LOGIN_VERSION) {
      loginExpected = false;
      server.take(data, 2);
      known.status = SocksStatus.version5(code);
      return true;
    }
    if (methodChosen && kind == 5) {
      return reply5(data, known, code);
    }
    return fail("unsupported/unknown SOCKS version " + kind);
  }

  private boolean isSupported(int method) {
    if (method != 0 && method != LOGIN) {
      session.weird("socks5_unsupported_authentication_method", Integer.toString(method));
      return fail("unsupported authentication method");
    }
    return true;
  }

  private boolean reply4(Payload data, SocksRow known) {
    Payload message = server.take(data, 8);
    if (message == null) {
      return false;
    }
    if (message.u8(0) != 0) {
      return fail("unsupported/unknown SOCKS version " + message.u8(0));
    }
    known.status = SocksStatus.version4(message.u8(1));
    SocksRow.Place place =
        new SocksRow.Place(true, 0, mapped(message.u32(4)), /* name= */ null, message.u16(2));
    onReply(known, place);
    return true;
  }

  private boolean reply5(Payload data, SocksRow known, int code) {
    Payload message = address(server, data);
    if (message == null) {
      return false;
    }
    SocksRow.Place place = place(message);
    if (place == null) {
      return fail("invalid SOCKSv5 addr type");
    }
    known.status = SocksStatus.version5(code);
    onReply(known, place);
    return true;
  }

  private void onReply(SocksRow known, SocksRow.Place place) {
    known.bound = place;
    replied = true;
    confirmed = true;
    session.confirm(SocksProtocol.SERVICE);
  }

  /** Takes a message of version 5 that ends with an address and a port. */
  private @Nullable Payload address(Gather gather, Payload data) {
    Payload head = gather.peek(data, 5);
    if (head == null) {
      return null;
    }
    int length =
        switch (head.u8(3)) {
          case 1 -> 4;
          case 3 -> 1 + head.u8(4);
          case 4 -> 16;
          default -> -1;
        };
    if (length < 0) {
      fail("invalid SOCKSv5 addr type: " + head.u8(3));
      return null;
    }
    return gather.take(data, 4 + length + 2);
  }

  private static SocksRow.@Nullable Place place(Payload message) {
    int port = message.u16(message.length() - 2);
    return switch (message.u8(3)) {
      case 1 -> new SocksRow.Place(true, 0, mapped(message.u32(4)), /* name= */ null, port);
      case 3 ->
          new SocksRow.Place(
              /* isAddress= */ false, 0, 0, message.text(5, message.length() - 7), port);
      case 4 ->
          new SocksRow.Place(
              true,
              message.u32(4) << 32 | message.u32(8),
              message.u32(12) << 32 | message.u32(16),
              /* name= */ null,
              port);
      default -> null;
    };
  }

  private static long mapped(long address) {
    return 0xFFFFL << 32 | address;
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (inner != null) {
      inner.onGap(fromOriginator, length);
    } else if (fromOriginator ? !requested : !replied) {
      failed = true; // where the next message begins is not known
    }
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    if (inner != null) {
      inner.onEnd(fromOriginator);
    }
  }

  @Override
  public void onFlowEnd() {
    if (inner != null) {
      inner.onFlowEnd();
    }
    if (row != null && confirmed) {
      protocol.log.write(row);
    }
  }
}
