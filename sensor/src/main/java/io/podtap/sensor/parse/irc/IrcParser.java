/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.irc;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.LineEnds;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows one connection of a client to a server, line by line; after a gap from the next line on.
 * What is to be written waits until it is certain that this is IRC. One thread.
 *
 * @see "RFC 2812 section 3; Client-To-Client Protocol, DCC SEND; IRCv3 tls"
 */
final class IrcParser implements StreamParser {

  /** Bytes of a line that are gathered, and of one that is read (RFC 2812 section 2.3). */
  private static final int GATHERED_MAX = 1_000;

  private static final int LINE_MAX = 512;
  private static final int COMMAND_MAX = 20;
  private static final int INVALID_MAX = 20;
  private static final int PENDING_MAX = 16;
  private static final int FOREIGN_MAX = 3;
  private static final byte[] LINE_FEED = {'\n'};
  private static final String STARTTLS_ACCEPTED = "670";

  private static final long IPV4_MAPPED = 0xFFFFL << 32;
  private static final long IPV4_MAX = 0xFFFF_FFFFL;

  /** What clients say; other first words confirm nothing. */
  private static final Set<String> COMMANDS =
      Set.of(
          "ADMIN",
          "AUTHENTICATE",
          "AWAY",
          "CAP",
          "CNOTICE",
          "CONNECT",
          "CPRIVMSG",
          "DIE",
          "ENCAP",
          "ERROR",
          "INFO",
          "INVITE",
          "ISON",
          "JOIN",
          "KICK",
          "KILL",
          "KNOCK",
          "LINKS",
          "LIST",
          "LUSERS",
          "MODE",
          "MOTD",
          "NAMES",
          "NICK",
          "NOTICE",
          "OPER",
          "PART",
          "PASS",
          "PING",
          "PONG",
          "PRIVMSG",
          "QUIT",
          "REHASH",
          "RULES",
          "SERVER",
          "SERVICE",
          "SERVLIST",
          "SETNAME",
          "SILENCE",
          "SQUERY",
          "SQUIT",
          "STARTTLS",
          "STATS",
          "SUMMON",
          "TIME",
          "TOPIC",
          "TRACE",
          "USER",
          "USERHOST",
          "USERS",
          "VERSION",
          "WALLOPS",
          "WHO",
          "WHOIS",
          "WHOWAS");

  private final IrcProtocol protocol;
  private final Session session;
  private final Gather client;
  private final Gather server;
  private final HeldHeap held;
  private final LineEnds lineEnds = new LineEnds();
  private final List<IrcRow> pending = new ArrayList<>();
  private final boolean isOwnPort;
  private boolean clientLost;
  private boolean serverLost;
  private @Nullable StreamParser tls;
  private boolean tlsAsked;
  private boolean commandSeen;
  private boolean answerSeen;
  private boolean confirmed;
  private boolean over;
  private int invalid;
  private int foreign;

  private @Nullable String nick;
  private @Nullable String user;
  private @Nullable String value;
  private @Nullable String detail;

  IrcParser(IrcProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.isOwnPort = IrcProtocol.isPort(session.flow().responderPort());
    this.client = new Gather(GATHERED_MAX, session.account());
    this.server = new Gather(GATHERED_MAX, session.account());
    this.held = new HeldHeap(session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (fromOriginator ? clientLost : serverLost) {
      int end = data.indexOf('\n', 0);
      boolean begins = fromOriginator && beginsWithCommand(data);
      data.skip(begins ? 0 : end < 0 ? data.length() : end + 1);
      lose(fromOriginator, end < 0 && !begins);
    }
    while (!data.isEmpty() && !over) {
      if (tls != null) {
        tls.onData(fromOriginator, data);
        return;
      }
      Gather gather = fromOriginator ? client : server;
      lineEnds.look(session, gather, data);
      Payload line = gather.takeLine(data);
      if (line == null) {
        if (data.isEmpty()) {
          return;
        }
        data.skip(1); // the byte that is too many ends the line
        tooLong(gather);
      } else if (line.length() > LINE_MAX) {
        weird("irc_line_size_exceeded", "");
      } else if (line.length() > 0) {
        read(fromOriginator, IrcLine.of(line.text(0, line.length())));
      }
    }
  }

  private static boolean beginsWithCommand(Payload data) {
    int end = data.indexOf(' ', 0);
    return end > 0 && end < COMMAND_MAX && COMMANDS.contains(data.text(0, end));
  }

  private void lose(boolean fromOriginator, boolean lost) {
    if (fromOriginator) {
      clientLost = lost;
    } else {
      serverLost = lost;
    }
  }

  /** What follows is taken for the next line, as by Zeek. */
  private void tooLong(Gather gather) {
    gather.clear();
    if (confirmed) {
      session.weird("contentline_size_exceeded", "", "CONTENTLINE");
    }
    weird("irc_line_size_exceeded", "");
  }

  private void weird(String name, String what) {
    if (confirmed) {
      session.weird(name, what);
    }
  }

  private void read(boolean fromOriginator, IrcLine line) {
    if (!line.weird().isEmpty()) {
      weird(line.weird(), "");
      noteForeign();
      return;
    }
    if (fromOriginator) {
      readCommand(line);
    } else {
      readAnswer(line);
    }
    settle();
    if (line.command().length() > COMMAND_MAX) {
      session.weird("irc_invalid_command", "");
      invalid++;
      if (invalid > INVALID_MAX) {
        session.weird("irc_too_many_invalid", "");
        giveUp("too many invalid messages");
      }
    }
  }

  private void readCommand(IrcLine line) {
    if (!COMMANDS.contains(line.command())) {
      noteForeign();
      return;
    }
    commandSeen = true;
    switch (line.command()) {
      case "NICK" -> {
        value = line.parameters();
        write("NICK");
        nick = value;
      }
      case "USER" -> user(line.words());
      case "JOIN" -> join(line.words());
      case "PRIVMSG" -> message(line.parameters());
      case "STARTTLS" -> tlsAsked = true;
      default -> {}
    }
  }

  private void user(List<String> words) {
    value = words.isEmpty() ? "" : words.get(0);
    StringBuilder name = new StringBuilder();
    for (int i = 3; i < words.size(); i++) {
      String word = words.get(i);
      name.append(i == 3 && word.startsWith(":") ? word.substring(1) : word);
      name.append(i > 3 ? " " : ""); // where Zeek has blanks
    }
    String host = words.size() > 1 ? words.get(1) : "";
    String serverName = words.size() > 2 ? words.get(2) : "";
    detail = host + " " + serverName + " " + name;
    write("USER");
    user = value;
  }

  private void join(List<String> words) {
    if (words.isEmpty()) {
      weird("irc_invalid_join_line", "");
      return;
    }
    List<String> keys = words.size() > 1 ? IrcLine.split(words.get(1), ',') : List.of();
    List<String> channels = IrcLine.split(words.get(0), ',');
    for (int i = 0; i < channels.size(); i++) {
      String channel = channels.get(i);
      value = channel.startsWith(":") ? channel.substring(1) : channel;
      detail = i < keys.size() ? " with channel key: '" + keys.get(i) + "'" : "";
      write("JOIN");
    }
  }

  private void message(String parameters) {
    int end = parameters.indexOf(' ');
    if (end < 0) {
      weird("irc_invalid_privmsg_message_format", "");
      return;
    }
    String text = parameters.substring(end).stripLeading();
    text = text.startsWith(":") ? text.substring(1) : text;
    text = text.startsWith("\u0001") ? text.substring(1) : text;
    if (text.startsWith("DCC")) {
      transfer(text.endsWith("\u0001") ? text.substring(0, text.length() - 1) : text);
    }
  }

  private void transfer(String text) {
    List<String> words = IrcLine.split(text, ' ');
    boolean isTurbo = words.size() == 7 && words.get(6).equals("T");
    if (words.size() < 5 || (words.size() > 6 && !isTurbo)) {
      weird("irc_invalid_dcc_message_format", "");
      return;
    }
    long address = number(words.get(3));
    long port = number(words.get(4));
    if (address < 0) {
      weird("irc_invalid_dcc_host", "");
      return;
    }
    if (port <= 0 || port > 65_535) {
      weird("irc_invalid_dcc_port", words.get(4));
      return;
    }
    if (words.get(1).equals("SEND")) {
      long size = words.size() > 5 ? Math.max(0, number(words.get(5))) : 0;
      IrcRow row = row("DCC", words.get(2), size);
      session.expect(0, 0, 0, IPV4_MAPPED | address, (int) port, new DccProtocol(protocol, row));
    }
  }

  /** Returns a number of at most 32 bits, or -1. */
  private static long number(String digits) {
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9 || number > IPV4_MAX) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number > IPV4_MAX ? -1 : number;
  }

  private IrcRow row(String command, @Nullable String fileName, long fileBytes) {
    return new IrcRow(
        session.flow(),
        session.nowNs(),
        nick,
        user,
        command,
        value,
        detail,
        fileName,
        fileBytes,
        null,
        null);
  }

  private void write(String command) {
    IrcRow row = row(command, /* fileName= */ null, LogSchema.UNSET);
    if (confirmed) {
      protocol.log.write(row);
    } else if (pending.size() < PENDING_MAX) {
      pending.add(row);
      held.add(row.bytes());
    }
  }

  private void readAnswer(IrcLine line) {
    boolean isIrc =
        !line.prefix().isEmpty()
            || line.command().equals("NOTICE")
            || line.command().equals("PING")
            || line.command().equals("ERROR");
    if (!isIrc && !confirmed) {
      if (!isOwnPort) {
        giveUp("not a server of IRC");
      }
      return; // there, Zeek reads on
    }
    answerSeen = true;
    if (line.command().equals("NJOIN") && line.words().size() != 2) {
      weird("irc_invalid_njoin_line", "");
    }
    if (tlsAsked && line.command().equals(STARTTLS_ACCEPTED)) {
      tls = session.inner(Service.SSL);
      over = tls == null;
      client.clear();
      server.clear();
    }
  }

  /** On a port of IRC the client's word is enough, elsewhere both must speak. */
  private void settle() {
    if (confirmed || over || !(isOwnPort ? commandSeen || answerSeen : commandSeen && answerSeen)) {
      return;
    }
    confirmed = true;
    session.confirm(IrcProtocol.SERVICE);
    for (IrcRow row : pending) {
      protocol.log.write(isOwnPort ? row : row.at(session.nowNs()));
    }
    pending.clear();
    held.clear();
  }

  private void noteForeign() {
    foreign++;
    if (!confirmed && !isOwnPort && foreign > FOREIGN_MAX) {
      giveUp("not IRC");
    }
  }

  private void giveUp(String reason) {
    over = true;
    client.clear();
    server.clear();
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
    } else {
      (fromOriginator ? client : server).clear();
      lose(fromOriginator, /* lost= */ true);
      if (fromOriginator) { // it may have taken another name
        nick = null;
        value = null;
        detail = null;
      }
    }
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    if (tls != null) {
      tls.onEnd(fromOriginator);
    } else if (!over && (fromOriginator ? client : server).held() > 0) {
      onData(fromOriginator, new Payload(LINE_FEED)); // the end ends the line, too
    }
  }

  @Override
  public void onFlowEnd() {
    if (tls != null) {
      tls.onFlowEnd();
    }
  }
}
