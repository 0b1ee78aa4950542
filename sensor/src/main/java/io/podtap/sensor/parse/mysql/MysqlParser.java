package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.parse.Holdings;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/** Follows one connection to a MySQL server. One thread. */
final class MysqlParser implements StreamParser {

  private static final String[] COMMANDS = {
    "sleep",
    "quit",
    "init_db",
    "query",
    "field_list",
    "create_db",
    "drop_db",
    "refresh",
    "shutdown",
    "statistics",
    "process_info",
    "connect",
    "process_kill",
    "debug",
    "ping",
    "time",
    "delayed_insert",
    "change_user",
    "binlog_dump",
    "table_dump",
    "connect_out",
    "register_slave",
    "stmt_prepare",
    "stmt_execute",
    "stmt_send_long_data",
    "stmt_close",
    "stmt_reset",
    "set_option",
    "stmt_fetch",
    "daemon",
    "binlog_dump_gtid",
    "reset_connection"
  };
  private static final int QUIT = 1;
  private static final int QUERY = 3;
  private static final int FIELD_LIST = 4;
  private static final int STATISTICS = 9;
  private static final int CHANGE_USER = 17;
  private static final int PREPARE = 22;

  private static final int OK = 0x00;
  private static final int MORE_LOGIN = 0x01;
  private static final int LOCAL_FILE = 0xFB;
  private static final int END = 0xFE;
  private static final int ERROR = 0xFF;

  private static final long COMPRESSES = 1 << 5;
  private static final long PROTOCOL_41 = 1 << 9;
  private static final long SPEAKS_TLS = 1 << 11;
  private static final long ENDS_ARE_OK = 1 << 24;
  private static final long QUERY_ATTRIBUTES = 1 << 27;

  /** Bytes of a request for TLS, which is a login cut off before the name. */
  private static final int TLS_REQUEST_BYTES = 32;

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
  private State state = State.GREETING;
  private Answer answer = Answer.NONE;
  private final Holdings held;
  private @Nullable MysqlRow row;
  private @Nullable StreamParser tls;
  private long serverCan;
  private long bothCan;
  private int command;
  private long columnsLeft;

  MysqlParser(MysqlProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new Holdings(session.account());
    this.client = new PacketReader(session.account());
    this.server = new PacketReader(session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
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
    session.confirm(Service.MYSQL);
    if ((can & SPEAKS_TLS) != 0 && packet.length() <= TLS_REQUEST_BYTES) {
      tls = session.inner(Service.SSL);
      if (tls == null) {
        state = State.OVER;
      }
      return;
    }
    packet.skip(is41 ? TLS_REQUEST_BYTES : 5);
    row = new MysqlRow(session.flow(), session.nowNs(), "login", untilZero(packet));
    held.set(row.heapBytes());
    state = State.AUTHENTICATION;
  }

  private static String untilZero(Payload text) {
    int end = text.indexOf(0, 0);
    return text.text(0, end < 0 ? text.length() : end);
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
      default -> giveUp("answer to a login that is none");
    }
  }

  private void command(Payload packet) {
    write();
    state = State.COMMANDS;
    command = packet.u8(0);
    packet.skip(1);
    if (command == QUERY && (bothCan & QUERY_ATTRIBUTES) != 0) {
      QueryAttributes.skip(packet);
    }
    String name =
        command >= 0 && command < COMMANDS.length ? COMMANDS[command] : "unknown-" + command;
    String argument = command == CHANGE_USER ? untilZero(packet) : text(packet);
    row = new MysqlRow(session.flow(), session.nowNs(), name, argument);
    held.set(row.heapBytes());
    answer = command == STATISTICS ? Answer.NONE : Answer.FIRST;
    if (command == FIELD_LIST) {
      row.argument = untilZero(packet);
      answer = Answer.ROWS;
    }
    if (command == QUIT) {
      write();
    }
  }

  private static String text(Payload packet) {
    int end = packet.length();
    return packet.text(0, packet.u8(end - 1) == 0 ? end - 1 : end);
  }

  private void answer(Payload packet) {
    int first = packet.u8(0);
    switch (answer) {
      case FIRST -> firstAnswer(packet, first);
      case COLUMNS -> {
        columnsLeft--;
        if (columnsLeft < 0 || (columnsLeft == 0 && (bothCan & ENDS_ARE_OK) != 0)) {
          answer = Answer.ROWS; // the last one is a mark, unless there are none
        }
      }
      case ROWS -> {
        boolean mark =
            first == END && server.length() < ((bothCan & ENDS_ARE_OK) != 0 ? 0xFFFFFF : 9);
        if (mark) {
          done(0);
        } else if (first == ERROR) {
          fail(packet);
        }
      }
      case NONE -> {}
    }
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
      known.response = packet.text(0, packet.length());
    }
    answer = Answer.NONE;
    write();
  }

  private void write() {
    MysqlRow known = row;
    if (known != null) {
      protocol.log.write(known);
      row = null;
      held.clear();
    }
  }

  private void giveUp(String reason) {
    state = State.OVER;
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
    } else {
      state = State.OVER; // packets have no mark to begin at again
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
