package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Holdings;
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

  private static final int LINE_MAX = 8 << 10;
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

  /**
   * A command that waits for its reply.
   *
   * @param timeNs when it came
   */
  private record Command(long timeNs, String name, String argument) {}

  private static final int IAC = 0xFF;

  /** Stands for what the greeting answers. */
  private static final String NO_COMMAND = "<init>";

  private final FtpProtocol protocol;
  private final Session session;
  private final Gather clientLines;
  private final Gather serverLines;
  private final ArrayDeque<Command> pending = new ArrayDeque<>(4);
  private final FtpRow row;
  private final Holdings held;
  private @Nullable Command answered;
  private @Nullable StreamParser tls;
  private @Nullable Transfer expected;
  private String folder = ".";
  private int openReply;
  private boolean clientTells;
  private boolean serverTells;
  private boolean confirmed;
  private boolean over;

  FtpParser(FtpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.clientLines = new Gather(LINE_MAX, session.account());
    this.serverLines = new Gather(LINE_MAX, session.account());
    this.row = new FtpRow(session.flow());
    this.held = new Holdings(session.account());
    pending.add(new Command(session.nowNs(), NO_COMMAND, "")); // the greeting answers nothing
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    while (!data.isEmpty() && !over) {
      StreamParser inside = tls;
      if (inside != null) {
        inside.onData(fromOriginator, data);
        return;
      }
      Gather lines = fromOriginator ? clientLines : serverLines;
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

  private long heapBytes() {
    long sum = HeapSize.text(folder) + row.heapBytes();
    for (Command command : pending) {
      sum += 40 + HeapSize.text(command.name) + HeapSize.text(command.argument);
    }
    return sum;
  }

  private void command(Payload line) {
    while (line.u8(0) == IAC) {
      line.skip(2); // RFC 959 section 3.1: the line is one of Telnet
    }
    int end = 0;
    while (end < line.length() && line.u8(end) != ' ') {
      end++;
    }
    if (end > COMMAND_MAX) {
      session.weird("FTP_max_command_length_exceeded", end + " > " + COMMAND_MAX);
      return;
    }
    String name = line.text(0, Math.min(end, 16)).toUpperCase(Locale.ROOT);
    String argument = line.text(end + 1, Math.min(line.length() - end, TEXT_MAX));
    if (TELLING.contains(name)) {
      clientTells = true;
      confirm();
    } else if (!confirmed && (name.isEmpty() || !isWord(name))) {
      giveUp("invalid command", "");
      return;
    }
    Command done = answered;
    if (done != null && pending.remove(done)) {
      write(done);
    }
    if (pending.size() < PENDING_MAX) {
      pending.add(new Command(session.nowNs(), name, argument));
    } else {
      session.weird("FTP_too_many_pending_commands", String.valueOf(pending.size()));
    }
    switch (name) {
      case "USER" -> row.user = cut(argument);
      case "PASS" -> row.password = cut(argument);
      case "PORT" -> expect(DataAddress.ofNumbers(argument), /* passive= */ false);
      case "EPRT" -> expect(DataAddress.ofFields(argument, 0, 0), /* passive= */ false);
      default -> {}
    }
  }

  private static boolean isWord(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!Character.isLetterOrDigit(name.charAt(i)) || name.charAt(i) > 'z') {
        return false;
      }
    }
    return true;
  }

  private static String cut(String text) {
    return text.length() > NAME_MAX ? text.substring(0, NAME_MAX) : text;
  }

  private void confirm() {
    if (!confirmed && clientTells && serverTells) {
      confirmed = true;
      session.confirm(FtpProtocol.SERVICE);
    }
  }

  private void expect(@Nullable DataAddress address, boolean passive) {
    if (address == null) {
      return;
    }
    row.data = address;
    row.passive = passive;
    Transfer transfer = new Transfer();
    expected = transfer;
    Flow flow = session.flow();
    session.expect(
        passive ? flow.originatorHigh() : flow.responderHigh(),
        passive ? flow.originatorLow() : flow.responderLow(),
        address.high(),
        address.low(),
        address.port(),
        new DataProtocol(protocol.files, transfer));
  }

  private void reply(Payload line) {
    int code = code(line);
    boolean more = code >= 0 && line.u8(3) == '-';
    String text = line.text(code < 0 ? 0 : 4, TEXT_MAX);
    if (openReply > 0 && (code < 0 || more)) {
      return; // between the first and the last line of a reply
    }
    if (code < 0) {
      giveUp("non-numeric reply code", line.text(0, TEXT_MAX));
      return;
    }
    openReply = more ? code : 0;
    serverTells = true;
    confirm();
    if (pending.size() > 1 && !isGreeting(code) && pending.getFirst().name.equals(NO_COMMAND)) {
      pending.poll(); // the greeting was before the first byte seen
    }
    Command command = pending.peek();
    answered = command;
    row.replyCode = code;
    row.replyText = text;
    if (!more && command != null) {
      learn(command, code, text);
      if (pending.size() > 1) {
        pending.poll();
        write(command);
      }
    }
  }

  private static boolean isGreeting(int code) {
    return code == 120 || code == 220 || code == 421;
  }

  private static int code(Payload line) {
    int code = 0;
    for (int i = 0; i < 3; i++) {
      int digit = line.u8(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      code = 10 * code + digit;
    }
    int next = line.u8(3);
    return next == -1 || next == ' ' || next == '-' ? code : -1;
  }

  private void learn(Command command, int code, String text) {
    switch (command.name) {
      case "RETR", "SIZE" -> {
        if (code == (command.name.equals("RETR") ? 150 : 213)) {
          row.fileBytes = lastNumber(text);
        }
      }
      case "PASV" -> {
        if (code == 227) {
          expect(DataAddress.ofNumbers(text), /* passive= */ true);
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
          folder = FtpPath.resolve(folder, command.argument);
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
      case "AUTH" -> {
        if (code == 234) {
          tls = session.inner(Service.SSL);
          over = tls == null;
        }
      }
      default -> {}
    }
  }

  private static long lastNumber(String text) {
    int end = text.length();
    while (end > 0 && Character.digit(text.charAt(end - 1), 10) < 0) {
      end--;
    }
    int start = end;
    while (start > 0 && end - start < 18 && Character.digit(text.charAt(start - 1), 10) >= 0) {
      start--;
    }
    return start == end ? -1 : Long.parseLong(text.substring(start, end));
  }

  private void write(Command command) {
    if (LOGGED.contains(command.name)) {
      row.timeNs = command.timeNs;
      row.command = command.name;
      row.argument = OF_FILES.contains(command.name) ? url(command.argument) : command.argument;
      if (row.data == null) {
        row.transfer = expected;
      }
      protocol.log.write(row);
      if (row.data == null) {
        expected = null;
      }
    }
    row.clear();
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
    if (confirmed) {
      for (Command command : pending) {
        write(command);
      }
    }
    pending.clear();
  }
}
