/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rfb;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * Follows the handshake of one connection. Each message is told by what came before it and by
 * nothing of its own, so after a gap the handshake is not followed further. One thread.
 *
 * @see "RFC 6143 section 7; community wiki of the RFB protocol for security types"
 */
final class RfbParser implements StreamParser {

  private static final int VERSION_BYTES = 12;
  private static final int INIT_BYTES = 24;
  private static final int CHALLENGE_BYTES = 16;
  private static final int APPLE_HEADER = 4;
  private static final int APPLE_CREDENTIALS = 128;

  /** Of a name, and of a key; longer ones are not gathered. */
  private static final int MESSAGE_MAX = 16 << 10;

  private static final int NAME_MAX = 4 << 10;

  private static final int NONE = 1;
  private static final int VNC = 2;
  private static final int APPLE = 30;

  private enum State {
    SERVER_VERSION(false),
    CLIENT_VERSION(true),
    SECURITY(false),
    CHOICE(true),
    CHALLENGE(false),
    ANSWER(true),
    RESULT(false),
    SHARE(true),
    INIT(false),
    OVER(false);

    private final boolean ofClient;

    State(boolean ofClient) {
      this.ofClient = ofClient;
    }
  }

  private final RfbProtocol protocol;
  private final Session session;
  private final Gather gather;
  private final HeldHeap rowHeld;
  private @Nullable RfbRow row;
  private State state = State.SERVER_VERSION;
  private String serverMajor = "";
  private String serverMinor = "";

  /** The client's minor version, which both ends go by. */
  private int minor;

  private int method;
  private int keyBytes;
  private boolean written;

  RfbParser(RfbProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.gather = new Gather(MESSAGE_MAX, session.account());
    this.rowHeld = new HeldHeap(session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    while (!data.isEmpty() && state != State.OVER) {
      if (fromOriginator != state.ofClient) {
        giveUp("message out of turn");
        return;
      }
      State before = state;
      step(data);
      if (state == before && !data.isEmpty()) {
        giveUp("message too long");
      }
    }
  }

  private void step(Payload data) {
    switch (state) {
      case SERVER_VERSION, CLIENT_VERSION -> version(data);
      case SECURITY -> security(data);
      case CHOICE -> choice(data);
      case CHALLENGE -> challenge(data);
      case ANSWER -> answer(data);
      case RESULT -> result(data);
      case SHARE -> share(data);
      case INIT -> init(data);
      case OVER -> {}
    }
  }

  private void version(Payload data) {
    Payload version = gather.take(data, VERSION_BYTES);
    if (version == null) {
      return;
    }
    if (!isVersion(version)) {
      giveUp("not a version of RFB");
      return;
    }
    if (state == State.SERVER_VERSION) {
      serverMajor = version.text(4, 3);
      serverMinor = version.text(8, 3);
      state = State.CLIENT_VERSION;
      return;
    }
    RfbRow known = new RfbRow(session.flow(), session.nowNs(), serverMajor, serverMinor);
    row = known;
    rowHeld.set(RfbRow.BYTES);
    known.clientMajor = version.text(4, 3);
    known.clientMinor = version.text(8, 3);
    minor = number(version, 8);
    state = State.SECURITY;
    session.confirm(RfbProtocol.SERVICE);
  }

  private static boolean isVersion(Payload version) {
    return version.has(0, "RFB ")
        && number(version, 4) >= 0
        && version.u8(7) == '.'
        && number(version, 8) >= 0
        && version.u8(11) == '\n';
  }

  /** Returns a number of three digits, or -1. */
  private static int number(Payload version, int at) {
    int number = 0;
    for (int i = at; i < at + 3; i++) {
      int digit = version.u8(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
  }

  /** Before 3.7 the server decides, then it offers. */
  private void security(Payload data) {
    if (minor < 7) {
      Payload type = gather.take(data, 4);
      if (type != null) {
        chosen((int) type.u32(0));
      }
      return;
    }
    Payload count = gather.peek(data, 1);
    if (count == null) {
      return;
    }
    if (count.u8(0) == 0) {
      leave(); // a reason follows
    } else if (gather.take(data, 1 + count.u8(0)) != null) {
      state = State.CHOICE;
    }
  }

  private void choice(Payload data) {
    Payload type = gather.take(data, 1);
    if (type != null) {
      chosen(type.u8(0));
    }
  }

  private void chosen(int type) {
    method = type;
    if (row != null) {
      row.method = name(type);
    }
    switch (type) {
      case NONE -> state = minor >= 8 ? State.RESULT : State.SHARE;
      case VNC, APPLE -> state = State.CHALLENGE;
      default -> leave();
    }
  }

  private static String name(int type) {
    return switch (type) {
      case 0 -> "Invalid";
      case NONE -> "None";
      case VNC -> "VNC";
      case 16 -> "Tight";
      case 17 -> "Ultra";
      case 18 -> "TLS";
      case 19 -> "VeNCrypt";
      case 20 -> "GTK-VNC SASL";
      case 21 -> "MD5 hash authentication";
      case 22 -> "Colin Dean xvp";
      case APPLE -> "Apple Remote Desktop";
      default -> "RealVNC";
    };
  }

  private void challenge(Payload data) {
    int wanted = CHALLENGE_BYTES;
    if (method == APPLE) {
      Payload header = gather.peek(data, APPLE_HEADER);
      if (header == null) {
        return;
      }
      keyBytes = header.u16(2);
      wanted = APPLE_HEADER + 2 * keyBytes;
    }
    if (wanted > MESSAGE_MAX) {
      leave();
    } else if (gather.take(data, wanted) != null) {
      state = State.ANSWER;
    }
  }

  private void answer(Payload data) {
    int wanted = method == APPLE ? APPLE_CREDENTIALS + keyBytes : CHALLENGE_BYTES;
    if (wanted > MESSAGE_MAX) {
      leave();
    } else if (gather.take(data, wanted) != null) {
      state = State.RESULT;
    }
  }

  private void result(Payload data) {
    Payload result = gather.take(data, 4);
    if (result == null) {
      return;
    }
    if (row != null) {
      row.authenticated = result.u32(0) == 0 ? 1 : 0;
    }
    if (result.u32(0) == 0) {
      state = State.SHARE;
    } else {
      leave(); // a reason follows
    }
  }

  private void share(Payload data) {
    Payload flag = gather.take(data, 1);
    if (flag != null) {
      if (row != null) {
        row.shared = flag.u8(0) == 0 ? 0 : 1;
      }
      state = State.INIT;
    }
  }

  private void init(Payload data) {
    Payload header = gather.peek(data, INIT_BYTES);
    if (header == null) {
      return;
    }
    long nameBytes = header.u32(INIT_BYTES - 4);
    int wanted = INIT_BYTES + (int) Math.min(nameBytes, NAME_MAX);
    Payload init = gather.take(data, wanted);
    if (init != null && row != null) {
      row.width = init.u16(0);
      row.height = init.u16(2);
      row.desktop = init.text(INIT_BYTES, wanted - INIT_BYTES);
      rowHeld.set(RfbRow.BYTES + HeapSize.text(row.desktop));
      write();
      leave();
    }
  }

  /** Looks no further. */
  private void leave() {
    state = State.OVER;
    gather.clear();
  }

  private void giveUp(String reason) {
    leave();
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    leave();
  }

  @Override
  public void onFlowEnd() {
    write();
  }

  private void write() {
    if (row != null && !written) {
      written = true;
      protocol.log.write(row);
    }
  }
}
