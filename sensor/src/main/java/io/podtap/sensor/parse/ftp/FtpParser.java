/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.LineEnds;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows one control connection. One thread. */
final class FtpParser implements StreamParser {

  private static final int LINE_MAX = 16 << 10;
  private static final int TEXT_MAX = 4 << 10;
  private static final int NAME_MAX = 128;

  /** A command's word at most, as in Zeek; a longer one counts for none. */
  private static final int COMMAND_MAX = 100;

  /** Commands that wait for their reply, at most, as in Zeek. */
  private static final int PENDING_MAX = 20;

  /** Commands that make a record. */
  private static final Set<String> LOGGED =
      Set.of("APPE", "DELE", "RETR", "STOR", "STOU", "ACCT", "PORT", "PASV", "EPRT", "EPSV");

  /** Commands whose argument is a file or a folder. */
  private static final Set<String> OF_FILES =
      Set.of(
          "APPE", "CWD", "DELE", "MKD", "RETR", "RMD", "RNFR", "RNTO", "STOR", "STOU", "REST",
          "SIZE", "MDTM");

  /** Commands that other protocols of lines and codes do not have. */
  private static final Set<String> TELLING =
      Set.of(
          "USER", "PASS", "ACCT", "CWD", "CDUP", "PORT", "PASV", "EPRT", "EPSV", "TYPE", "RETR",
          "STOR", "STOU", "APPE", "LIST", "NLST", "SYST", "FEAT", "PWD", "XPWD", "SIZE", "MDTM",
          "OPTS", "PBSZ", "PROT", "MLSD", "MLST", "AUTH");

  private static final int IAC = 0xFF;

  /** What takes the lines apart: they are those of Telnet. */
  private static final String LINES = "NVT";

  /** Characters of a command's word at least, as in Zeek. */
  private static final int WORD_MIN = 3;

  private static final int REPLY_CODE_MIN = 100;
  private static final int REPLY_FINAL_MIN = 200;

  /** Printable characters behind the code of a line that ends a reply it should not end. */
  private static final int ENDING_TEXT_MIN = 10;

  private static final int AUTH_DONE = 234;

  private final FtpProtocol protocol;
  private final Session session;
  private final Gather clientLines;
  private final Gather serverLines;
  private final ArrayDeque<FtpCommand> pending = new ArrayDeque<>(4);
  private final FtpRow row;
  private final HeldHeap held;
  private FtpCommand answered = FtpCommand.NONE;
  private boolean isAnswered;
  private boolean sessionSeen;
  private @Nullable StreamParser tls;

  /** Whether replies may belong to commands that are missing: until the next one. */
  private boolean areRepliesUnknown;

  /** The last one that is known; as in Zeek, lost bytes do not change it. */
  private String folder = ".";

  private int openReply;
  private String authentication = "";
  private final boolean isOwnPort;
  private final LineEnds lineEnds = new LineEnds(LINES);
  private boolean nulSeen;
  private boolean clientTells;
  private boolean serverTells;
  private boolean confirmed;
  private boolean clientEnded;
  private boolean over;

  FtpParser(FtpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.isOwnPort = FtpProtocol.isOwnPort(session.flow().responderPort());
    this.clientLines = new Gather(LINE_MAX, session.account());
    this.serverLines = new Gather(LINE_MAX, session.account());
    this.row = new FtpRow(session.flow());
    this.held = new HeldHeap(session.account());
    if (session.flow().partial) {
      loseReplies();
    } else { // the greeting answers nothing
      pending.add(new FtpCommand(session.nowNs(), FtpCommand.GREETING, ""));
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (tls == null && !over) {
      lookForNul(data);
    }
    while (!data.isEmpty() && !over) {
      StreamParser inside = tls;
      if (inside != null) {
        inside.onData(fromOriginator, data);
        return;
      }
      Gather lines = fromOriginator ? clientLines : serverLines;
      lineEnds.look(session, lines, data);
      Payload line = lines.takeLine(data);
      if (line == null) {
        if (lines.isFull()) {
          lines.clear(); // a line beyond all measure counts as several
        }
      } else {
        if (fromOriginator) {
          command(line);
        } else {
          reply(line);
        }
        held.set(heapBytes());
      }
    }
  }

  /** Notes a NUL once; one behind a carriage return is a Telnet line's end (RFC 854). */
  private void lookForNul(Payload data) {
    int at = nulSeen ? -1 : data.indexOf(0, 0);
    while (at >= 0 && data.u8(at - 1) == '\r') {
      at = data.indexOf(0, at + 1);
    }
    if (at >= 0) {
      nulSeen = true;
      session.weird("NUL_in_line", "", LINES);
    }
  }

  private long heapBytes() {
    long sum = HeapSize.text(folder) + row.heapBytes();
    for (FtpCommand command : pending) {
      sum += 40 + HeapSize.text(command.name()) + HeapSize.text(command.argument());
    }
    return sum;
  }

  private void command(Payload line) {
    while (line.u8(0) == IAC) {
      line.skip(2); // RFC 959 section 3.1: the line is one of Telnet
    }
    line.skip(blanks(line, 0));
    int end = 0;
    while (end < line.length() && !isBlank(line.u8(end))) {
      end++;
    }
    if (!isWord(line, end)) {
      if (confirmed) {
        session.weird("FTP_invalid_command", "");
      } else if (!isOwnPort) {
        giveUp("invalid command", "");
      }
      return; // there, Zeek leaves such lines out
    }
    if (end > COMMAND_MAX) {
      if (confirmed) {
        session.weird("FTP_max_command_length_exceeded", end + " > " + COMMAND_MAX);
      }
      return;
    }
    sessionSeen = true;
    String name = line.text(0, end).toUpperCase(Locale.ROOT);
    String argument = line.text(blanks(line, end), line.length());
    if (isOwnPort || TELLING.contains(name)) {
      clientTells = true;
      confirm();
    }
    if (isAnswered && pending.remove(answered)) {
      write(answered);
    }
    if (areRepliesUnknown && !CommandReplies.isKnown(name)) {
      return; // it may be the rest of a line
    }
    areRepliesUnknown = false;
    if (pending.size() < PENDING_MAX) {
      pending.add(new FtpCommand(session.nowNs(), name, argument));
    } else {
      session.weird("FTP_too_many_pending_commands", String.valueOf(pending.size()));
    }
    switch (name) {
      case "USER" -> row.user = cut(argument, "FTP_user_too_long");
      case "PASS" -> {
        row.password = cut(argument, "FTP_password_too_long");
        row.passwordHidden = false;
      }
      case "PORT" -> expect(DataAddress.ofNumbers(argument), /* passive= */ false);
      case "EPRT" -> expect(DataAddress.ofFields(argument, 0, 0), /* passive= */ false);
      case "AUTH" -> authentication = argument;
      default -> {}
    }
  }

  private static boolean isBlank(int letter) {
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
  }

  private static int blanks(Payload line, int from) {
    int at = from;
    while (isBlank(line.u8(at))) {
      at++;
    }
    return at;
  }

  private static boolean isWord(Payload line, int end) {
    for (int i = 0; i < end; i++) {
      if (line.u8(i) < '!' || line.u8(i) > '~') {
        return false;
      }
    }
    return end >= WORD_MIN;
  }

  private String cut(String text, String weird) {
    if (text.length() <= NAME_MAX) {
      return text;
    }
    session.weird(weird, String.valueOf(text.length()));
    return text.substring(0, NAME_MAX);
  }

  private void confirm() {
    if (!confirmed && clientTells && (serverTells || isOwnPort)) {
      confirmed = true;
      session.confirm(FtpProtocol.SERVICE);
      session.confirmJoined(FtpProtocol.SERVICE); // Zeek names it without a beginning, too
    }
  }

  private void expect(@Nullable DataAddress address, boolean passive) {
    if (address == null) {
      return;
    }
    row.data = address;
    row.passive = passive;
    Flow flow = session.flow();
    session.expect(
        passive ? flow.originatorHigh() : flow.responderHigh(),
        passive ? flow.originatorLow() : flow.responderLow(),
        address.high(),
        address.low(),
        address.port(),
        new DataProtocol(protocol.files, new Transfer(row)));
  }

  private void reply(Payload line) {
    int length = line.length();
    if (length == 0) {
      return;
    }
    int code = code(line);
    boolean more = false;
    int textAt = 0;
    if (openReply > 0) {
      boolean ends = code == openReply && line.u8(3) == ' ';
      more = !ends;
      textAt = ends ? blanks(line, 3) : 0;
      code = ends ? code : 0;
      openReply = ends ? 0 : openReply;
    } else if (areRepliesUnknown && (code < REPLY_CODE_MIN || (length > 3 && line.u8(3) > '-'))) {
      return; // the rest of a line
    } else if (code < REPLY_CODE_MIN) {
      String reason = code <= 0 ? "non-numeric reply code" : "invalid reply code";
      giveUp(reason, line.text(0, TEXT_MAX));
      return;
    } else if (line.u8(3) == '-') {
      openReply = code;
      more = true;
      textAt = blanks(line, 4);
    } else if (length > 3 && line.u8(3) != ' ') {
      giveUp("invalid reply line", line.text(0, TEXT_MAX));
      return;
    } else {
      textAt = blanks(line, 3);
    }
    sessionSeen = true;
    serverTells = true;
    confirm();
    if (code == AUTH_DONE && authentication.equals("TLS")) {
      tls = session.inner(Service.SSL);
      over = tls == null;
    }
    answer(code, line.text(textAt, length), more);
  }

  private void answer(int code, String text, boolean more) {
    if (areRepliesUnknown) {
      return;
    }
    if (more && code == 0 && row.replyCode >= 0 && !looksLikeAnEnd(text)) {
      return; // between the first and the last line of a reply
    }
    answered = CommandReplies.best(pending, code, text);
    isAnswered = true;
    row.replyCode = code;
    row.replyText = text;
    if (protocol.replies != null) {
      protocol.replies.tell(
          session.flow(), /* fromOriginator= */ false, answered.name(), text, code);
    }
    if (more) {
      return;
    }
    learn(answered, code, text);
    if (pending.size() > 1) {
      pending.remove(answered);
      write(answered);
    }
  }

  /** Some servers end a reply of several lines with another code than it began with. */
  private static boolean looksLikeAnEnd(String text) {
    if (text.length() < 4 + ENDING_TEXT_MIN || text.charAt(0) == '0' || text.charAt(3) != ' ') {
      return false;
    }
    for (int i = 0; i < 4 + ENDING_TEXT_MIN; i++) {
      char c = text.charAt(i);
      boolean fits = i < 3 ? c >= '0' && c <= '9' : c >= ' ' && c <= '~';
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** Returns the number of three digits that a line begins with, or 0. */
  private static int code(Payload line) {
    int code = 0;
    for (int i = 0; i < 3; i++) {
      int digit = line.u8(i) - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      code = 10 * code + digit;
    }
    return code;
  }

  private void learn(FtpCommand command, int code, String text) {
    switch (command.name()) {
      case "RETR", "SIZE" -> {
        if (code == (command.name().equals("RETR") ? 150 : 213)) {
          row.fileBytes = CommandReplies.lastNumber(text);
        }
      }
      case "PASV" -> {
        if (code == 227) {
          expect(DataAddress.ofReply(text), /* passive= */ true);
        }
      }
      case "EPSV" -> {
        if (code == 229) {
          Flow flow = session.flow();
          expect(
              DataAddress.ofFields(text, flow.responderHigh(), flow.responderLow()),
              /* passive= */ true);
        }
      }
      case "CWD" -> {
        if (code == 250) {
          folder = FtpPath.resolve(folder, command.argument());
        }
      }
      case "CDUP" -> {
        if (code == 200 || code == 250) {
          folder = FtpPath.resolve(folder, "..");
        }
      }
      case "PWD", "XPWD" -> {
        if (code == 257) {
          folder = FtpPath.quoted(text);
        }
      }
      default -> {}
    }
  }

  private void write(FtpCommand command) {
    row.timeNs = command.timeNs();
    row.command = command.name();
    String argument = command.argument();
    if (OF_FILES.contains(command.name())) {
      argument = url(argument);
    }
    row.argument = bounded(argument, "FTP_arg_too_long");
    row.replyText = bounded(row.replyText, "FTP_reply_msg_too_long");
    if (command.name().equals("PASS") && !row.isGuest()) {
      row.argument = FtpRow.HIDDEN;
    }
    row.passwordHidden |= !row.isGuest();
    if (LOGGED.contains(command.name())) {
      protocol.log.write(row);
      row.commandLogged = true;
    }
    row.clear();
  }

  private String bounded(String text, String weird) {
    if (text.length() <= TEXT_MAX) {
      return text;
    }
    session.weird(weird, String.valueOf(text.length()));
    return text.substring(0, TEXT_MAX);
  }

  private String url(String file) {
    LineBuffer out = new LineBuffer(64);
    boolean bracketed = !row.flow.isIpv4();
    out.put("ftp://").put(bracketed ? "[" : "");
    out.address(row.flow.responderHigh(), row.flow.responderLow()).put(bracketed ? "]" : "");
    String path = FtpPath.resolve(folder, file);
    return out.toString() + (path.startsWith("/") ? "" : "/") + path;
  }

  private void giveUp(String reason, String data) {
    over = true;
    session.violation(reason, data);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
    } else {
      (fromOriginator ? clientLines : serverLines).clear();
      loseReplies();
    }
  }

  /** Clients wait for replies before they go on, so those to their next command are known again. */
  private void loseReplies() {
    boolean isFinal = isAnswered && row.replyCode >= REPLY_FINAL_MIN && openReply == 0;
    if (isFinal && pending.remove(answered)) {
      write(answered);
    }
    row.clearReply();
    pending.forEach(this::write);
    pending.clear();
    answered = FtpCommand.NONE;
    isAnswered = false;
    openReply = 0;
    areRepliesUnknown = true;
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    clientEnded |= fromOriginator;
    if (tls != null) {
      tls.onEnd(fromOriginator);
    }
  }

  @Override
  public void onFlowEnd() {
    if (tls != null) {
      tls.onFlowEnd();
    }
    if (clientEnded && clientLines.held() > 0 && tls == null) {
      session.weird("partial_ftp_request", "");
    }
    boolean isSession = confirmed || (sessionSeen && isOwnPort);
    if (isSession) {
      for (FtpCommand command : pending) {
        write(command);
      }
      if (!row.commandLogged) {
        protocol.log.write(row); // as newer ones of Zeek do
      }
    }
    pending.clear();
  }
}
