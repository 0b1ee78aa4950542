/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pop3;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.LineEnds;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.mail.Mail;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Follows one POP3 connection line by line. A client may send commands before the answers to those
 * before have come; they are read one by one as the answers come. After a gap the next line counts.
 * One thread.
 *
 * @see "RFC 1939 section 3; Zeek: src/analyzer/protocol/pop3/POP3.cc"
 */
final class Pop3Parser implements StreamParser {

  /** Bytes of a line that are read together; a longer one counts as several. */
  private static final int LINE_MAX = 8 << 10;

  /** Bytes of a command that are kept while it waits. */
  private static final int COMMAND_MAX = 512;

  /** Commands that wait for their answer, at most, as in Zeek. */
  private static final int PENDING_MAX = 10;

  /** Unknown commands of a client after which this is not POP3, as in Zeek. */
  private static final int UNKNOWN_MAX = 10;

  private static final int QUEUED_BYTES = 16;

  /** How far the client has got (RFC 1939 section 3). */
  private enum Stage {
    GREETING,
    AUTHORIZATION,
    TRANSACTION,
    END
  }

  private final Pop3Protocol protocol;
  private final Session session;
  private final Gather clientLines;
  private final Gather serverLines;
  private final LineEnds lineEnds = new LineEnds();
  private final Payload part = new Payload();
  private final ArrayDeque<String> pending = new ArrayDeque<>(2);
  private final HeldHeap held;
  private Stage stage = Stage.GREETING;

  /** The command whose answer is awaited; OK for the greeting's. */
  private Pop3Word command = Pop3Word.OK;

  /** The command that was not allowed; what the server says to it tells whether it was. */
  private Pop3Word guessed = Pop3Word.UNKNOWN;

  private final AuthenticationLines credentials;
  private boolean longAnswerAsked;
  private boolean inLongAnswer;

  /**
   * Whether commands are read: elsewhere than on its port, once the server answers as POP3 does.
   */
  private boolean greeted;

  private boolean confirmed;
  private boolean over;

  /** Whether lines are missing. */
  private boolean isLossy;

  private int unknownCommands;
  private @Nullable Mail mail;
  private @Nullable StreamParser tls;

  Pop3Parser(Pop3Protocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.clientLines = new Gather(LINE_MAX, session.account());
    this.serverLines = new Gather(LINE_MAX, session.account());
    this.held = new HeldHeap(session.account());
    this.credentials = new AuthenticationLines(session);
    this.greeted = Pop3Protocol.isOwnPort(session.flow().responderPort());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Gather lines = fromOriginator ? clientLines : serverLines;
    while (!data.isEmpty() && !over) {
      StreamParser inside = tls;
      if (inside != null) {
        inside.onData(fromOriginator, data);
        return;
      }
      lineEnds.look(session, lines, data);
      Payload line = lines.takeLine(data);
      if (line != null) {
        read(fromOriginator, line);
      } else if (lines.isFull()) {
        session.weird("contentline_size_exceeded", "", "CONTENTLINE");
        read(fromOriginator, lines.waiting());
        lines.clear();
      }
    }
  }

  /** A carriage return ends a line, too. */
  private void read(boolean fromOriginator, Payload lines) {
    int from = 0;
    while (from >= 0 && !over) {
      int end = lines.indexOf('\r', from);
      int length = (end < 0 ? lines.length() : end) - from;
      Payload line = part.wrap(lines, from, length);
      if (fromOriginator) {
        request(line);
      } else {
        answer(line);
      }
      from = end < 0 ? -1 : end + 1;
    }
  }

  private void request(Payload line) {
    if (line.isEmpty()) {
      return;
    }
    if (credentials.areAwaited()) {
      credentials.line(line);
      return;
    }
    String text = words(line);
    pending.add(text);
    held.add(QUEUED_BYTES + HeapSize.text(text));
    if (pending.size() > PENDING_MAX) {
      if (greeted) {
        session.weird("pop3_client_too_many_pending_commands", "");
      }
      drop();
    }
    if (pending.size() == 1 && greeted) {
      begin(text);
    }
  }

  private void drop() {
    String text = pending.poll();
    if (text != null) {
      held.remove(QUEUED_BYTES + HeapSize.text(text));
    }
  }

  /** Returns the words of a line with one blank between them, up to the first NUL. */
  private static String words(Payload line) {
    StringBuilder words = new StringBuilder();
    boolean blank = false;
    int count = Math.min(line.length(), COMMAND_MAX);
    for (int i = 0; i < count && line.u8(i) != 0; i++) {
      char letter = (char) line.u8(i);
      if (letter == ' ' || (letter == '\t' && words.isEmpty())) {
        blank = !words.isEmpty();
      } else {
        words.append(blank ? " " : "").append(letter);
        blank = false;
      }
    }
    return words.toString();
  }

  private static String first(String words) {
    int blank = words.indexOf(' ');
    return words.isEmpty() ? "???" : blank < 0 ? words : words.substring(0, blank);
  }

  /** Reads the command that is the next one to be answered. */
  private void begin(String words) {
    Pop3Word word = Pop3Word.of(first(words));
    String argument = words.substring(Math.min(words.length(), first(words).length())).strip();
    if (word == Pop3Word.UNKNOWN) {
      if (!credentials.areAwaited()) {
        session.weird("pop3_client_command_unknown", first(words));
        unknownCommands++;
        if (unknownCommands > UNKNOWN_MAX) {
          giveUp("too many unknown client commands", "");
        }
      }
    } else if (word.isAnswer()) {
      session.weird("pop3_client_sending_server_commands", "");
    } else if (word.isOfTransaction() && stage != Stage.TRANSACTION) {
      longAnswerAsked |= word.hasLongAnswer(argument);
      guessed = word;
    } else if (isAllowed(word)) {
      longAnswerAsked |= word.hasLongAnswer(argument);
      command = word;
      if (word == Pop3Word.AUTH && !argument.isEmpty()) {
        credentials.await(argument);
      }
    }
  }

  private boolean isAllowed(Pop3Word word) {
    return switch (word) {
      case USER, APOP, AUTH -> stage == Stage.AUTHORIZATION;
      case PASS -> stage == Stage.AUTHORIZATION && command == Pop3Word.USER;
      case QUIT -> stage != Stage.END;
      case CAPA, STLS -> true;
      case STAT, LIST, RETR, DELE, RSET, NOOP, LAST, TOP, UIDL, XSENDER ->
          stage == Stage.TRANSACTION;
      case OK, ERR, UNKNOWN -> false;
    };
  }

  private void answer(Payload line) {
    if (inLongAnswer) {
      if (line.u8(0) == '.' && line.length() == 1) {
        longAnswerAsked = false;
        inLongAnswer = false;
        endMail();
        next();
      } else if (mail != null) {
        mail.line(line, /* begins= */ true, /* ends= */ true); // a doubled dot stays, as in Zeek
      }
      return;
    }
    String words = words(line);
    Pop3Word word = Pop3Word.of(first(words));
    if (!greeted && word != Pop3Word.OK) {
      giveUp("no greeting of POP3", words);
      return;
    }
    greet();
    switch (word) {
      case OK -> accepted();
      case ERR -> refused();
      case UNKNOWN -> {
        if (!credentials.areAwaited()) {
          session.weird("pop3_server_command_unknown", first(words));
          giveUp("unknown server command (" + first(words) + ")", words);
        }
      }
      default -> session.weird("pop3_server_sending_client_commands", "");
    }
  }

  private void greet() {
    if (!greeted) {
      greeted = true;
      String waiting = pending.peek();
      if (waiting != null) {
        begin(waiting);
      }
    }
  }

  private void accepted() {
    if (guessed != Pop3Word.UNKNOWN) {
      stage = Stage.TRANSACTION;
      command = guessed;
      guessed = Pop3Word.UNKNOWN;
    }
    switch (command) {
      case OK -> stage = Stage.AUTHORIZATION;
      case USER -> {
        stage = Stage.AUTHORIZATION;
        confirm();
      }
      case PASS, APOP, NOOP, LAST, STAT, RSET, DELE, XSENDER -> stage = Stage.TRANSACTION;
      case AUTH -> {
        inLongAnswer = longAnswerAsked;
        if (credentials.areAwaited()) {
          stage = Stage.TRANSACTION;
        }
        credentials.end();
      }
      case TOP, RETR -> {
        endMail();
        mail = newMail();
        inLongAnswer = longAnswerAsked;
      }
      case CAPA -> {
        confirm();
        inLongAnswer = longAnswerAsked;
      }
      case UIDL, LIST -> inLongAnswer = longAnswerAsked;
      case STLS -> {
        confirm();
        tls = session.inner(Service.SSL);
        over = tls == null;
        clientLines.clear();
        serverLines.clear();
        return;
      }
      case QUIT -> stage = Stage.END;
      case ERR, UNKNOWN -> {}
    }
    if (!inLongAnswer) {
      next();
    }
  }

  private void refused() {
    longAnswerAsked = false;
    guessed = Pop3Word.UNKNOWN;
    credentials.end();
    switch (command) {
      case USER, PASS, APOP, AUTH -> {
        stage = Stage.AUTHORIZATION;
        command = Pop3Word.OK;
      }
      case NOOP, LAST, STAT, RSET, DELE, LIST, RETR, UIDL, TOP, XSENDER ->
          stage = Stage.TRANSACTION;
      case QUIT -> stage = Stage.END;
      case OK, ERR, CAPA, STLS, UNKNOWN -> {}
    }
    next();
  }

  /** The command at hand is answered: the one behind it is read. */
  private void next() {
    drop();
    String words = pending.peek();
    if (words != null) {
      begin(words);
    }
  }

  private void confirm() {
    if (!confirmed) {
      confirmed = true;
      session.confirm(Pop3Protocol.SERVICE);
    }
  }

  private Mail newMail() {
    return new Mail(
        session,
        protocol.files,
        Pop3Protocol.SERVICE.analyzer(),
        /* fromOriginator= */ false,
        Mail.Receiver.ofFiles());
  }

  private void endMail() {
    if (mail != null) {
      mail.end();
      mail = null;
    }
  }

  private void giveUp(String reason, String data) {
    over = true;
    if (!isLossy) { // else it may be the middle of an answer
      session.violation(reason, data);
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
      return;
    }
    isLossy = true;
    (fromOriginator ? clientLines : serverLines).clear();
    if (!fromOriginator && mail != null) {
      mail.gap(length);
    }
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    if (tls != null) {
      tls.onEnd(fromOriginator);
    } else if (!over && (fromOriginator ? clientLines : serverLines).held() > 0) {
      onData(fromOriginator, LineEnds.lineFeed()); // the end ends the line, too
    }
  }

  @Override
  public void onFlowEnd() {
    if (tls != null) {
      tls.onFlowEnd();
    }
    endMail();
  }
}
