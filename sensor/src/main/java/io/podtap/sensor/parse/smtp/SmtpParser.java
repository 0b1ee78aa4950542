/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.mail.Mail;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows one SMTP connection. One thread. */
final class SmtpParser implements StreamParser {

  private static final int LINE_MAX = 8 << 10;

  /** Commands that wait for their reply, at most. */
  private static final int PENDING_MAX = 1_000;

  /** Mails that break the order of commands, after which the rest is left alone, as in Zeek. */
  private static final int INVALID_MAX = 25;

  private static final int TEXT_MAX = 4 << 10;

  /** Commands whose reply matters. */
  private enum Command {
    DATA,
    END_OF_DATA,
    BDAT,
    BDAT_LAST,
    STARTTLS,
    OTHER
  }

  private static final Set<Command> LAST_OF_MAIL =
      EnumSet.of(Command.END_OF_DATA, Command.BDAT_LAST);

  private enum State {
    COMMANDS,
    DATA,
    CHUNK,
    /** Commands are missing: nothing counts before the next one, what comes may be content. */
    GAP,
    /** As above, and the end of a mail is missing: what follows belongs to another one. */
    GAP_IN_MAIL,
    OVER
  }

  /** Whether replies may be those to commands that are missing, or the other way round. */
  private boolean areRepliesUnknown;

  /** Whether the client has given up the mail at hand. */
  private boolean isReset;

  private final SmtpProtocol protocol;
  private final Session session;
  private final Gather clientLines;
  private final Gather serverLines;
  private final ArrayDeque<Command> pending = new ArrayDeque<>(4);
  private State state = State.COMMANDS;
  private @Nullable SmtpRow row;
  private @Nullable Mail mail;
  private @Nullable StreamParser tls;
  private @Nullable String greeting;
  private final HeldHeap greetingHeld;
  private int mails;
  private final SmtpEntities entities = new SmtpEntities();
  private final ChunkStream chunks;
  private boolean longLine;
  private boolean serverLongLine;
  private boolean fromSeen;
  private boolean recipientSeen;
  private int invalid;
  private boolean confirmed;
  private boolean greetedAsMail;

  SmtpParser(SmtpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.greetingHeld = new HeldHeap(session.account());
    this.chunks = new ChunkStream(session);
    this.clientLines = new Gather(LINE_MAX, session.account());
    this.serverLines = new Gather(LINE_MAX, session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    while (!data.isEmpty() && state != State.OVER) {
      StreamParser inside = tls;
      if (inside != null) {
        inside.onData(fromOriginator, data);
        return;
      }
      if (!fromOriginator) {
        reply(data);
      } else if (state == State.CHUNK) {
        chunk(data);
      } else {
        clientLine(data);
      }
    }
  }

  private void clientLine(Payload data) {
    if (state == State.DATA && mail != null && !longLine && clientLines.held() == 0) {
      mail.plainLines(data);
      if (data.isEmpty()) {
        return;
      }
    }
    Payload line = clientLines.takeLine(data);
    if (line == null) {
      if (clientLines.isFull()) {
        pieceOfLine(clientLines.waiting());
        clientLines.clear();
      }
      return;
    }
    boolean begins = !longLine;
    longLine = false;
    if (state == State.DATA) {
      dataLine(line, begins);
    } else if (begins) {
      command(line);
    }
  }

  private void pieceOfLine(Payload piece) {
    if (state == State.DATA && mail != null) {
      mail.line(piece, !longLine, /* ends= */ false);
    }
    longLine = true;
  }

  private void dataLine(Payload line, boolean begins) {
    boolean dot = begins && line.u8(0) == '.';
    if (dot && line.length() == 1) {
      endMail();
      state = State.COMMANDS;
      fromSeen = false;
      recipientSeen = false;
      enqueue(Command.END_OF_DATA);
    } else if (mail != null) {
      if (dot) {
        line.skip(1); // RFC 5321 section 4.5.2
      }
      mail.line(line, begins, /* ends= */ true);
    }
  }

  private void chunk(Payload data) {
    chunks.data(data, mail);
    if (chunks.left() == 0) {
      endChunk();
    }
  }

  private void endChunk() {
    state = State.COMMANDS;
    if (chunks.isLast()) {
      chunks.end(mail);
      endMail();
    }
  }

  private SmtpRow row() {
    SmtpRow known = row;
    if (known == null) {
      known = new SmtpRow(session, mails + 1);
      known.greeting = greeting;
      row = known;
    }
    return known;
  }

  private void command(Payload line) {
    int end = 0;
    while (end < line.length() && line.u8(end) != ' ') {
      end++;
    }
    String verb = line.text(0, Math.min(end, 16)).toUpperCase(Locale.ROOT);
    String argument = line.text(end, Math.min(line.length() - end, TEXT_MAX)).strip();
    if (line.indexOf(0, 0) >= 0) {
      session.weird("NUL_in_line", "", "CONTENTLINE");
    }
    if (state == State.GAP || state == State.GAP_IN_MAIL) {
      if (!SmtpLines.isOfMail(verb)) {
        return;
      }
      if (state == State.GAP_IN_MAIL || !SmtpLines.isOfTransaction(verb)) {
        flush();
        row();
      }
      state = State.COMMANDS;
    }
    if (areRepliesUnknown && !Collections.disjoint(pending, LAST_OF_MAIL)) {
      flush(); // the reply has come, and is missing
      row();
    }
    if (chunks.isWaiting() && confirmed && !verb.equals("BDAT")) {
      session.weird("smtp_missing_bdat_last_chunk", "");
      chunks.end(mail);
      endMail();
    }
    if (!confirmed && !SmtpLines.isOfMail(verb)) {
      if (pending.isEmpty() && !greetedAsMail) {
        state = State.OVER;
        session.violation("first command is not of SMTP");
      }
      return;
    }
    switch (verb) {
      case "HELO", "EHLO", "LHLO" -> {
        confirm();
        greeting = argument;
        greetingHeld.set(HeapSize.text(argument));
        row().greeting = argument;
        enqueue(Command.OTHER);
      }
      case "MAIL" -> {
        from(argument);
        enqueue(Command.OTHER);
      }
      case "RCPT" -> {
        recipient(argument);
        enqueue(Command.OTHER);
      }
      case "DATA" -> {
        beforeContent();
        mail = newMail();
        state = State.DATA;
        enqueue(Command.DATA);
      }
      case "BDAT" -> beginChunk(argument);
      case "STARTTLS" -> enqueue(Command.STARTTLS);
      default -> {
        isReset |= verb.equals("RSET");
        row();
        enqueue(Command.OTHER);
      }
    }
  }

  private void confirm() {
    if (!confirmed) {
      confirmed = true;
      session.confirm(SmtpProtocol.SERVICE);
    }
  }

  private void enqueue(Command command) {
    if (areRepliesUnknown) {
      areRepliesUnknown = false; // what was said before has been answered
      pending.clear();
      serverLines.clear();
      serverLongLine = false;
    }
    if (pending.size() < PENDING_MAX) {
      pending.add(command);
    } else {
      session.weird("smtp_excessive_pending_cmds", "");
    }
  }

  private void from(String argument) {
    if (!argument.regionMatches(true, 0, "FROM:", 0, 5)) {
      row();
      return;
    }
    confirm();
    flush(); // the one before, whose acknowledgement was not seen
    isReset = false;
    SmtpRow known = row();
    for (String address : MailAddresses.in(argument)) {
      known.mailFrom = address;
      known.grow(address);
      break;
    }
    known.active = true;
    fromSeen = true;
    recipientSeen = false;
  }

  private void recipient(String argument) {
    if (!argument.regionMatches(true, 0, "TO:", 0, 3)) {
      row();
      return;
    }
    SmtpRow known = row();
    known.addRecipients(argument);
    known.active = true;
    recipientSeen = true;
    if (!fromSeen) {
      outOfOrder("rcpt to missing mail from");
    }
  }

  private void beforeContent() {
    if (!recipientSeen) {
      outOfOrder("data missing rcpt to");
    }
  }

  private void outOfOrder(String detail) {
    session.weird("smtp_mail_transaction_invalid", detail);
    invalid++;
    if (invalid > INVALID_MAX) {
      session.weird("smtp_excessive_invalid_mail_transactions", invalid + " > " + INVALID_MAX);
      state = State.OVER;
    }
  }

  /** "BDAT", a length, perhaps "LAST"; one that makes no sense changes nothing. */
  private void beginChunk(String argument) {
    beforeContent();
    row();
    ChunkSize size = ChunkSize.of(argument);
    enqueue(size.isLast() ? Command.BDAT_LAST : Command.BDAT);
    if (!size.weird().isEmpty()) {
      session.weird(size.weird(), size.detail());
      return;
    }
    if (size.isLast()) {
      fromSeen = false;
      recipientSeen = false;
    }
    if (mail == null) {
      mail = newMail();
    }
    chunks.begin(size);
    state = State.CHUNK;
    if (size.bytes() == 0) {
      endChunk();
    }
  }

  private Mail newMail() {
    SmtpRow known = row();
    return new Mail(
        session, protocol.files, "SMTP", /* fromOriginator= */ true, entities.of(known));
  }

  private void endMail() {
    if (mail != null) {
      mail.end();
      mail = null;
    }
  }

  private void reply(Payload data) {
    Payload line = serverLines.takeLine(data);
    if (line == null) {
      serverLongLine |= serverLines.isFull();
      if (serverLines.isFull()) {
        serverLines.clear();
      }
      return;
    }
    boolean whole = !serverLongLine;
    serverLongLine = false;
    int code = whole ? SmtpLines.code(line) : -1;
    if (code < 0) {
      if (whole && !confirmed) {
        state = State.OVER;
        session.violation("reply without a code");
      }
      return;
    }
    boolean more = line.u8(3) == '-';
    greetedAsMail |= code == 220 && line.firstLineHas("SMTP");
    if (code == 250 && (greetedAsMail || !pending.isEmpty())) {
      confirm();
    }
    if (areRepliesUnknown) {
      return;
    }
    row().reply(code + " " + line.text(4, Math.min(line.length() - 4, TEXT_MAX)));
    if (!more) {
      answered(code, pending.poll());
    }
  }

  private void answered(int code, @Nullable Command command) {
    if (command == null) {
      return;
    }
    switch (command) {
      case DATA -> {
        if (code >= 400 && state == State.DATA) {
          endMail();
          state = State.COMMANDS; // refused: what follows are commands
        }
      }
      case END_OF_DATA, BDAT_LAST -> {
        mails++;
        flush();
        SmtpRow idle = row;
        if (idle != null) {
          idle.release();
          row = null;
        }
        row();
      }
      case STARTTLS -> {
        if (code == 220) {
          SmtpRow known = row();
          known.tls = true;
          known.active = true;
          tls = session.inner(Service.SSL);
          if (tls == null) {
            state = State.OVER;
          }
        }
      }
      default -> {}
    }
  }

  /** Writes the mail at hand when there was something to it; a new one begins. */
  private void flush() {
    SmtpRow known = row;
    if (known != null && known.active) {
      known.cut();
      protocol.log.write(known);
      known.release();
      row = null;
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    StreamParser inside = tls;
    if (inside != null) {
      inside.onGap(fromOriginator, length);
      return;
    }
    SmtpRow known = row;
    if (known != null) {
      known.loseReply();
    }
    areRepliesUnknown = true;
    if (!fromOriginator) {
      serverLines.clear();
      serverLongLine = true; // up to the next line's start
      return;
    }
    if (state == State.COMMANDS && confirmed) {
      if (isReset) {
        flush();
      }
      row();
      state = State.GAP;
    } else if (state == State.GAP) {
      state = State.GAP_IN_MAIL; // perhaps
    }
    clientLines.clear();
    longLine = !confirmed; // else the next command tells by itself that it is one
    if (mail != null) {
      mail.gap(length);
      if (state == State.DATA || state == State.CHUNK) {
        chunks.end(mail);
        endMail();
        state = State.GAP_IN_MAIL;
      }
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
    if (state == State.CHUNK && chunks.left() > 0) {
      session.weird("smtp_bdat_remaining_at_end_data", "");
    }
    chunks.end(mail);
    endMail();
    flush();
  }
}
