/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/** Follows one connection to a MySQL server. One thread. */
final class MysqlParser implements StreamParser {

  private static final int QUIT = 1;
  private static final int QUERY = 3;
  private static final int FIELD_LIST = 4;
  private static final int CHANGE_USER = 17;
  private static final int PREPARE = 22;

  private static final int OK = 0x00;
  private static final int MORE_LOGIN = 0x01;
  private static final int LOCAL_FILE = 0xFB;
  private static final int END = 0xFE;
  private static final int ERROR = 0xFF;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final long COMPRESSES = 1 << 5;
  private static final long PROTOCOL_41 = 1 << 9;
  private static final long SPEAKS_TLS = 1 << 11;
  private static final long ENDS_ARE_OK = 1 << 24;
  private static final long QUERY_ATTRIBUTES = 1 << 27;

  /** Bytes of a request for TLS, which is a login cut off before the name. */
  private static final int TLS_REQUEST_BYTES = 32;

  /** Bytes of the mark at the end of columns or rows, where it is none of the newer kind. */
  private static final int OLD_MARK_BYTES = 5;

  /** Bytes of a connection that is joined in which a command must be found. */
  private static final long SOUGHT_MAX = 64 << 10;

  private enum State {
    GREETING,
    LOGIN,
    AUTHENTICATION,
    COMMANDS,
    OVER
  }

  /** What the server says next in answer to a command. */
  private enum Answer {
    FIRST,
    COLUMNS,
    ROWS,
    NONE
  }

  private final MysqlProtocol protocol;
  private final Session session;
  private final PacketReader client;
  private final PacketReader server;
  private final Resynchronizer clientAgain;
  private State state = State.GREETING;
  private Answer answer = Answer.NONE;
  private final HeldHeap held;
  private @Nullable MysqlRow row;
  private @Nullable StreamParser tls;
  private long serverCan;
  private long bothCan;
  private int command;
  private long columnsLeft;

  /** Whether what the ends agreed on at the login is unknown. */
  private boolean isJoined;

  /** Whether the server's place in its packets is unknown: until the next command. */
  private boolean isServerLost;

  /** Whether the server has spoken since the client did. */
  private boolean isClientsTurn;

  private boolean confirmed;
  private boolean gapSeen;
  private long missedBytes;

  MysqlParser(MysqlProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
    this.client = new PacketReader(session.account());
    this.server = new PacketReader(session.account());
    this.clientAgain =
        new Resynchronizer(MysqlCommands::messageBytes, /* isTelling= */ false, session.account());
    if (session.flow().partial) {
      join();
    }
  }

  /** Goes on with the next command. */
  private void join() {
    state = State.COMMANDS;
    isJoined = true;
    gapSeen = true;
    isServerLost = true;
    clientAgain.begin();
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (state == State.OVER) {
      return;
    }
    if (isJoined && !confirmed && !fromOriginator && PacketReader.isGreeting(data)) {
      isJoined = false; // the connection's first packet after all
      isServerLost = false;
      clientAgain.stop();
      state = State.GREETING;
    }
    Payload packets = data;
    if (fromOriginator && clientAgain.beginSegment() && tls == null) {
      packets = seek(data);
      if (packets == null) {
        return;
      }
    }
    if (tls != null || fromOriginator || !isServerLost) {
      read(fromOriginator, packets);
    }
    isClientsTurn = !fromOriginator;
  }

  /** A client speaks when the server has answered: what it says then is a command. */
  private @Nullable Payload seek(Payload data) {
    if (!confirmed && data.u8(0) == TLS_HANDSHAKE && data.u8(1) == 3) {
      state = isJoined && !session.flow().partial ? state : State.OVER;
      tls = state == State.OVER ? null : session.inner(Service.SSL);
      clientAgain.stop();
      return tls == null ? null : data;
    }
    if (isClientsTurn && MysqlCommands.messageBytes(data, 0) > data.length()) {
      missedBytes += clientAgain.takeSkippedBytes();
      clientAgain.stop();
      return data;
    }
    Payload found = clientAgain.find(data);
    if (found != null) {
      missedBytes += clientAgain.takeSkippedBytes();
    } else if (!confirmed && clientAgain.soughtBytes() > SOUGHT_MAX) {
      giveUp("no command");
    }
    return found;
  }

  private void read(boolean fromOriginator, Payload data) {
    while (!data.isEmpty() && state != State.OVER) {
      StreamParser inside = tls;
      if (inside != null) {
        inside.onData(fromOriginator, data);
        return;
      }
      Payload packet = (fromOriginator ? client : server).next(data);
      if (packet == null) {
        return;
      }
      if (fromOriginator) {
        fromClient(packet);
      } else {
        fromServer(packet);
      }
    }
  }

  private void fromClient(Payload packet) {
    switch (state) {
      case LOGIN -> login(packet);
      case AUTHENTICATION -> {
        if (client.number() == 0) {
          command(packet); // somebody got in although it was not seen
        }
      }
      case COMMANDS -> {
        boolean goesOn = command == CHANGE_USER && client.number() > 0;
        if (!goesOn && client.number() == 0) {
          command(packet);
        }
      }
      default -> giveUp("client speaks first");
    }
  }

  private void fromServer(Payload packet) {
    switch (state) {
      case GREETING -> greeting(packet);
      case LOGIN -> {
        if (packet.u8(0) == ERROR) {
          state = State.OVER; // refused before it began
        } else {
          giveUp("server greets twice");
        }
      }
      case AUTHENTICATION -> authentication(packet);
      case COMMANDS -> answer(packet);
      default -> {}
    }
  }

  /** "\n", version, number, 8 bytes of salt, capabilities, ... */
  private void greeting(Payload packet) {
    if (packet.u8(0) == ERROR && server.number() == 0) {
      state = State.OVER;
      return;
    }
    int end = packet.indexOf(0, 1);
    if (packet.u8(0) != 10 || end < 0 || packet.length() < end + 15) {
      giveUp("greeting of another protocol");
      return;
    }
    int at = end + 1 + 4 + 9;
    serverCan = Lengths.little(packet, at, 2) | Lengths.little(packet, at + 5, 2) << 16;
    state = State.LOGIN;
  }

  private void login(Payload packet) {
    long can = Lengths.little(packet, 0, 2);
    boolean is41 = (can & PROTOCOL_41) != 0;
    if (is41) {
      can = Lengths.little(packet, 0, 4);
    }
    bothCan = can & serverCan;
    confirm();
    if ((can & SPEAKS_TLS) != 0 && packet.length() <= TLS_REQUEST_BYTES) {
      tls = session.inner(Service.SSL);
      if (tls == null) {
        state = State.OVER;
      }
      return;
    }
    packet.skip(is41 ? TLS_REQUEST_BYTES : 5);
    row = new MysqlRow(session.flow(), session.nowNs(), "login", client.untilZero(packet));
    held.set(row.heapBytes());
    state = State.AUTHENTICATION;
  }

  private void confirm() {
    confirmed = true;
    session.confirm(MysqlProtocol.SERVICE);
  }

  private void authentication(Payload packet) {
    switch (packet.u8(0)) {
      case OK -> {
        succeed(packet);
        if ((bothCan & COMPRESSES) != 0) {
          state = State.OVER; // what follows is compressed
        } else {
          state = State.COMMANDS;
        }
      }
      case ERROR -> {
        fail(packet);
        state = State.COMMANDS;
      }
      case MORE_LOGIN, END -> {} // another round
      default -> giveUp("invalid reply to a login");
    }
  }

  /** The server has answered all before: its answer begins what it says next. */
  private void command(Payload packet) {
    write();
    if (isServerLost) {
      isServerLost = false;
      server.reset();
    }
    if (!confirmed) {
      confirm();
    }
    state = State.COMMANDS;
    command = packet.u8(0);
    packet.skip(1);
    boolean hasAttributes =
        isJoined
            ? packet.u8(0) >= 0 && packet.u8(0) < ' ' && packet.u8(1) == 1
            : (bothCan & QUERY_ATTRIBUTES) != 0;
    if (command == QUERY && hasAttributes) {
      QueryAttributes.skip(packet);
    }
    String name = MysqlCommands.name(command);
    String argument = command == CHANGE_USER ? client.untilZero(packet) : client.text(packet);
    row = new MysqlRow(session.flow(), session.nowNs(), name, argument);
    held.set(row.heapBytes());
    answer = MysqlCommands.isAnswered(command) ? Answer.FIRST : Answer.NONE;
    if (command == FIELD_LIST) {
      row.argument = client.untilZero(packet);
      answer = Answer.ROWS;
    }
    if (command == QUIT) {
      write();
    }
  }

  private void answer(Payload packet) {
    int first = packet.u8(0);
    if (gapSeen && answer == Answer.FIRST && server.number() != 1) {
      isServerLost = true; // the answer to a command begins with number 1
      answer = Answer.NONE;
      return;
    }
    switch (answer) {
      case FIRST -> firstAnswer(packet, first);
      case COLUMNS -> {
        columnsLeft--;
        if (columnsLeft < 0 || (columnsLeft == 0 && (isJoined || endsAreOk()))) {
          answer = Answer.ROWS; // the last one is a mark, unless there are none
        }
      }
      case ROWS -> {
        boolean mark = first == END && server.length() < (isJoined || endsAreOk() ? 0xFFFFFF : 9);
        boolean isOfColumns = isJoined && columnsLeft == 0 && server.length() == OLD_MARK_BYTES;
        columnsLeft = -1;
        if (mark && isOfColumns) {
          return; // rows follow it
        }
        if (mark) {
          done(0);
        } else if (first == ERROR) {
          fail(packet);
        }
      }
      case NONE -> {}
    }
  }

  private boolean endsAreOk() {
    return (bothCan & ENDS_ARE_OK) != 0;
  }

  private void firstAnswer(Payload packet, int first) {
    switch (first) {
      case OK -> {
        if (command == PREPARE) {
          done(0);
        } else {
          succeed(packet);
        }
      }
      case ERROR -> fail(packet);
      case END -> {
        if (command != CHANGE_USER) {
          done(0);
        }
      }
      case LOCAL_FILE -> {}
      case MORE_LOGIN -> {
        if (command != CHANGE_USER) {
          columns(packet);
        }
      }
      default -> columns(packet);
    }
  }

  private void columns(Payload packet) {
    columnsLeft = Lengths.take(packet);
    answer = columnsLeft > 0 ? Answer.COLUMNS : Answer.NONE;
  }

  private void succeed(Payload packet) {
    packet.skip(1);
    done(Math.max(0, Lengths.take(packet)));
  }

  private void done(long rows) {
    MysqlRow known = row;
    if (known != null) {
      known.answered = true;
      known.succeeded = true;
      known.rows = rows;
    }
    answer = Answer.NONE;
    write();
  }

  /** Code, and in protocol 4.1 "#" and a state before the text. */
  private void fail(Payload packet) {
    packet.skip(packet.u8(3) == '#' ? 9 : 3);
    MysqlRow known = row;
    if (known != null) {
      known.answered = true;
      known.response = server.text(packet);
    }
    answer = Answer.NONE;
    write();
  }

  private void write() {
    MysqlRow known = row;
    if (known != null) {
      known.missedBytes = missedBytes;
      missedBytes = 0;
      protocol.log.write(known);
      row = null;
      held.clear();
    }
  }

  private void giveUp(String reason) {
    if (gapSeen && confirmed) {
      isServerLost = true;
      answer = Answer.NONE;
      client.reset();
      clientAgain.begin();
      return;
    }
    state = State.OVER;
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
      return;
    }
    if (state == State.OVER) {
      return;
    }
    gapSeen = true;
    if (state != State.COMMANDS) {
      write();
      missedBytes += length;
      join();
    } else if (fromOriginator) {
      clientGap(length);
    } else if (!isServerLost) {
      serverGap(length);
    }
  }

  /** A command is cut by what is missing of it; which ones were behind it is unknown. */
  private void clientGap(long length) {
    long inside = clientAgain.isSeeking() ? 0 : Math.min(length, client.left());
    Payload cut = inside == 0 ? null : client.gap(inside);
    if (cut != null && cut.isEmpty()) {
      write();
      answer = Answer.NONE;
      isServerLost = true; // nobody knows what is answered
    } else if (cut != null) {
      fromClient(cut);
    }
    if (length > inside) {
      missedBytes += length - inside;
      client.reset();
      clientAgain.begin();
    }
  }

  /** What became of the command is unknown when more than a part of a row is missing. */
  private void serverGap(long length) {
    long inside = Math.min(length, server.left());
    boolean isRow = answer == Answer.ROWS || answer == Answer.COLUMNS;
    Payload cut = inside == 0 ? null : server.gap(inside);
    if (cut != null && isRow && !cut.isEmpty()) {
      fromServer(cut);
    } else if (cut != null) {
      answer = Answer.NONE;
      isServerLost = true;
    }
    if (length > inside) {
      answer = Answer.NONE;
      isServerLost = true;
      missedBytes += length - inside;
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
}
