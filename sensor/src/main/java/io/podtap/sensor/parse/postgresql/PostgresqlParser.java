/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.postgresql;

import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import org.jspecify.annotations.Nullable;

/**
 * Reads one connection, or hands it on when it turns to TLS.
 *
 * @see "PostgreSQL: Frontend/Backend Protocol, message formats; Zeek:
 *     scripts/base/protocols/postgresql/main.zeek"
 */
final class PostgresqlParser implements StreamParser {

  private static final int PROTOCOL_MAJOR = 3;
  private static final long REQUEST_TLS = 80_877_103L;
  private static final long REQUEST_GSSAPI = 80_877_104L;
  private static final int START_LENGTH_MAX = 10_000;

  private static final int TLS_HANDSHAKE = 0x16;

  /** Bytes of a connection that is joined in which a message must be found. */
  private static final long SOUGHT_MAX = 64 << 10;

  private static final int AUTHENTICATION_OK = 0;
  private static final int AUTHENTICATION_LAST = 12;

  private enum State {
    /** The client has not said what it wants. */
    START,
    /** It wants the connection encrypted; one byte is to come. */
    ENCRYPTION_ASKED,
    /** As above, and the byte is missing. */
    ENCRYPTION_UNKNOWN,
    MESSAGES,
    /** Nothing more can be read. */
    OVER
  }

  private final PostgresqlProtocol protocol;
  private final Session session;
  private final PostgresqlMessageReader client;
  private final PostgresqlMessageReader server;
  private final Resynchronizer clientAgain;
  private final Resynchronizer serverAgain;
  private State state = State.START;
  private boolean isTlsAsked;
  private @Nullable StreamParser tls;
  private @Nullable PostgresqlRow row;
  private @Nullable String user;
  private @Nullable String database;
  private @Nullable String application;
  private long rows = -1;
  private final HeldHeap held;

  /** Whether the connection was joined, or lost bytes. */
  private boolean gapSeen;

  /** Whether a query may be missing, so that the next answer may be another's. */
  private boolean mustSeeReady;

  /** Whether part of the answer at hand is missing: what came of it is unknown. */
  private boolean isAnswerLost;

  private boolean confirmed;
  private long missedBytes;

  PostgresqlParser(PostgresqlProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
    this.client = new PostgresqlMessageReader("Q", session.account());
    this.server = new PostgresqlMessageReader("ERZN", session.account());
    this.clientAgain =
        new Resynchronizer(PostgresqlHeaders::client, /* isTelling= */ false, session.account());
    this.serverAgain =
        new Resynchronizer(PostgresqlHeaders::server, /* isTelling= */ false, session.account());
    if (session.flow().partial) {
      join();
    }
  }

  private void join() {
    state = State.MESSAGES;
    gapSeen = true;
    mustSeeReady = true;
    isAnswerLost = true;
    clientAgain.begin();
    serverAgain.begin();
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (tls != null) {
      tls.onData(fromOriginator, data);
      return;
    }
    if (session.flow().partial && fromOriginator && isStart(data)) {
      state = State.START; // of the connection after all
      clientAgain.stop();
      serverAgain.stop();
    }
    Resynchronizer again = fromOriginator ? clientAgain : serverAgain;
    Payload messages = data;
    if (again.beginSegment() && state == State.MESSAGES) {
      Payload found = again.find(data);
      if (found == null) {
        if (!confirmed && again.soughtBytes() > SOUGHT_MAX) {
          fail("not a PostgreSQL message");
        }
        return;
      }
      missedBytes += fromOriginator ? again.takeSkippedBytes() : 0;
      messages = found;
    }
    read(fromOriginator, messages);
  }

  private boolean isStart(Payload data) {
    return !confirmed
        && clientAgain.isSeeking()
        && data.u32(0) == data.length()
        && (data.u32(4) == REQUEST_TLS || data.u32(4) >>> 16 == PROTOCOL_MAJOR);
  }

  private void read(boolean fromOriginator, Payload data) {
    while (!data.isEmpty() && state != State.OVER) {
      if (tls != null) {
        tls.onData(fromOriginator, data);
        return;
      }
      boolean isTaken =
          switch (state) {
            case START -> start(fromOriginator, data);
            case ENCRYPTION_ASKED -> encryption(fromOriginator, data);
            case ENCRYPTION_UNKNOWN -> guessEncryption(fromOriginator, data);
            case MESSAGES -> fromOriginator ? onClient(data) : onServer(data);
            case OVER -> false;
          };
      if (!isTaken) {
        return;
      }
      account();
    }
  }

  private void account() {
    PostgresqlRow known = row;
    held.set(
        HeapSize.text(user)
            + HeapSize.text(database)
            + HeapSize.text(application)
            + (known == null ? 0 : known.heapBytes()));
  }

  /** What the client says next shows what the server's missing answer was. */
  private boolean guessEncryption(boolean fromOriginator, Payload data) {
    if (!fromOriginator) {
      return false;
    }
    log();
    boolean isTls = isTlsAsked && data.u8(0) == TLS_HANDSHAKE;
    if (isTls) {
      beginTls();
    } else {
      state = isTlsAsked ? State.START : State.OVER;
    }
    return true;
  }

  private void confirm() {
    confirmed = true;
    session.confirm(PostgresqlProtocol.SERVICE);
  }

  private boolean fail(String reason) {
    if (gapSeen && confirmed) {
      lose(true, 0);
      lose(/* fromOriginator= */ false, 0);
      return false;
    }
    state = State.OVER;
    session.violation(reason);
    return false;
  }

  private PostgresqlRow row() {
    if (row == null) {
      row = new PostgresqlRow(session.flow(), session.nowNs());
      row.missedBytes = missedBytes;
      missedBytes = 0;
    }
    return row;
  }

  private void log() {
    if (row != null) {
      row.user = user;
      row.database = database;
      row.application = application;
      protocol.log.write(row);
      row = null;
    }
  }

  /** Length, version or request, parameters. */
  private boolean start(boolean fromOriginator, Payload data) {
    if (!fromOriginator) {
      return fail("the server speaks first");
    }
    Payload head = client.gather().peek(data, 8);
    if (head == null) {
      return false;
    }
    long length = head.u32(0);
    long request = head.u32(4);
    if (length == 8 && (request == REQUEST_TLS || request == REQUEST_GSSAPI)) {
      client.gather().take(data, 8);
      state = State.ENCRYPTION_ASKED;
      isTlsAsked = request == REQUEST_TLS;
      if (isTlsAsked) {
        row().asked = "ssl_request";
      }
      return true;
    }
    if (request >>> 16 != PROTOCOL_MAJOR || length < 9 || length > START_LENGTH_MAX) {
      return fail("unsupported PostgreSQL major version " + (request >>> 16));
    }
    Payload message = client.gather().take(data, (int) length);
    if (message == null) {
      return false;
    }
    row().asked = "startup";
    message.skip(8);
    for (String name = PostgresqlMessageReader.text(message);
        !name.isEmpty();
        name = PostgresqlMessageReader.text(message)) {
      parameter(name, PostgresqlMessageReader.text(message));
    }
    state = State.MESSAGES;
    return true;
  }

  private void parameter(String name, String value) {
    switch (name) {
      case "user" -> user = value;
      case "database" -> database = value;
      case "application_name" -> application = value;
      default -> {}
    }
  }

  private boolean encryption(boolean fromOriginator, Payload data) {
    if (fromOriginator) {
      return fail("the client did not wait for the answer to its request for encryption");
    }
    int answer = data.u8(0);
    if (answer != 'N' && answer != (isTlsAsked ? 'S' : 'G')) {
      return fail("invalid reply to an encryption request");
    }
    data.skip(1);
    confirm();
    if (isTlsAsked) {
      PostgresqlRow known = row();
      known.answered = "ssl_reply";
      known.answeredWhat = answer == 'S' ? "S" : "N";
      known.success = answer == 'S' ? 1 : 0;
      log();
    }
    if (answer == 'N') {
      state = State.START;
    } else {
      beginTls();
    }
    return true;
  }

  private void beginTls() {
    tls = isTlsAsked ? session.inner(Service.SSL) : null;
    state = tls == null ? State.OVER : state;
    if (isTlsAsked && tls == null) {
      session.confirm(Service.SSL); // nobody looks into it, and it is named all the same
    }
  }

  private boolean onClient(Payload data) {
    Payload content = client.take(data);
    if (content == null) {
      return client.hasFailed() && fail("not a PostgreSQL message");
    }
    clientMessage(content);
    return true;
  }

  private void clientMessage(Payload content) {
    switch (client.type()) {
      case 'Q' -> query(content);
      case 'X' -> {
        log();
        row().asked = "terminate";
        log();
      }
      default -> {}
    }
  }

  /**
   * A client asks when the server has answered all before, so the answer begins what comes next.
   */
  private void query(Payload content) {
    log();
    if (gapSeen) {
      confirm();
    }
    PostgresqlRow known = row();
    known.asked = "simple_query";
    known.askedWhat = client.marked(PostgresqlMessageReader.text(content));
    if (mustSeeReady) {
      log(); // the next answer may be another's
      isAnswerLost = true;
      return;
    }
    rows = 0;
    if (serverAgain.isSeeking()) {
      serverAgain.stop();
      server.reset();
    }
    isAnswerLost = false;
  }

  private boolean onServer(Payload data) {
    Payload content = server.take(data);
    if (content == null) {
      return server.hasFailed() && fail("not a PostgreSQL message");
    }
    return serverMessage(server.type(), content);
  }

  private boolean serverMessage(int type, Payload content) {
    switch (type) {
      case 'R' -> {
        return (server.isCut() && content.length() < 4) || authentication(content);
      }
      case 'E' -> error(content);
      case 'N' -> notice(content);
      case 'D' -> {
        row();
        rows = Math.max(rows, 0) + 1;
      }
      case 'Z' -> ready(content.u8(0));
      default -> {}
    }
    return true;
  }

  private boolean authentication(Payload content) {
    long kind = content.u32(0);
    if (kind < 0 || kind > AUTHENTICATION_LAST) {
      return fail("not a PostgreSQL message");
    }
    confirm();
    PostgresqlRow known = row();
    if (kind == AUTHENTICATION_OK) {
      known.answered = "auth_ok";
      known.success = 1;
    } else {
      String before = known.answered;
      known.answered =
          before == null || before.endsWith("auth") ? "auth_request" : before + ",auth_request";
      known.tell(PostgresqlNames.authentication((int) kind));
    }
    return true;
  }

  private void error(Payload content) {
    confirm();
    PostgresqlRow known = row();
    known.answered = known.answered == null ? "error" : known.answered + ",error";
    known.tell(server.marked(fields(content)));
    known.success = 0;
    log();
  }

  private void notice(Payload content) {
    String fields = fields(content);
    if (!fields.isEmpty()) {
      row().tell(server.marked(fields));
    }
  }

  /** Fields of one letter and a text each. */
  private static String fields(Payload content) {
    StringBuilder all = new StringBuilder();
    while (content.u8(0) > 0) {
      int letter = content.u8(0);
      content.skip(1);
      all.append(all.isEmpty() ? "" : ",").append(PostgresqlNames.field(letter)).append('=');
      all.append(PostgresqlMessageReader.text(content));
    }
    return all.toString();
  }

  /** The server waits: what was asked is done. */
  private void ready(int transaction) {
    boolean isKnown = !isAnswerLost;
    isAnswerLost = false;
    mustSeeReady = false;
    if (gapSeen) {
      confirm();
    }
    if (row == null || !isKnown) {
      rows = -1;
      log();
      return;
    }
    if (row.success < 0 && transaction >= 0) {
      row.success = transaction == 'I' || transaction == 'T' ? 1 : 0;
    }
    if (rows >= 0) {
      row.rows = rows;
      rows = -1;
    }
    log();
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
      return;
    }
    gapSeen = true;
    switch (state) {
      case START -> join();
      case ENCRYPTION_ASKED -> {
        state = State.ENCRYPTION_UNKNOWN;
        if (fromOriginator) {
          join(); // the server's answer may be an older one's
        }
      }
      case MESSAGES -> gapInMessages(fromOriginator, length);
      case ENCRYPTION_UNKNOWN, OVER -> {}
    }
  }

  private void gapInMessages(boolean fromOriginator, long length) {
    PostgresqlMessageReader reader = fromOriginator ? client : server;
    Resynchronizer again = fromOriginator ? clientAgain : serverAgain;
    long inside = again.isSeeking() ? 0 : Math.min(length, reader.left());
    Payload cut = inside == 0 ? null : reader.gap(inside);
    if (cut != null && fromOriginator) {
      clientMessage(cut);
    } else if (cut != null) {
      isAnswerLost |= reader.type() == 'Z';
      serverMessage(reader.type(), cut);
    }
    account();
    if (length > inside) {
      lose(fromOriginator, length - inside);
    }
  }

  /** Where the next message begins is unknown, and which ones are missing. */
  private void lose(boolean fromOriginator, long length) {
    missedBytes += length;
    (fromOriginator ? client : server).reset();
    (fromOriginator ? clientAgain : serverAgain).begin();
    mustSeeReady |= fromOriginator;
    isAnswerLost |= !fromOriginator;
    if (mustSeeReady && isAnswerLost) {
      log(); // what comes next may belong to another query
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
    log();
  }
}
