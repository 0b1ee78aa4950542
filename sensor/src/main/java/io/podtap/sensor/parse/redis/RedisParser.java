/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Pairing;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Follows one connection to a Redis server. After a gap it goes on with the next value that is
 * recognised; replies are given to commands again once their order is certain. One thread.
 */
final class RedisParser implements StreamParser {

  private static final int INLINE_MAX = 4 << 10;

  /** Commands that wait for their reply, at most, as in Zeek. */
  private static final int PENDING_MAX = 10_000;

  private final RedisProtocol protocol;
  private final Session session;
  private final ValueReader commands;
  private final ValueReader replies;
  private final Resynchronizer commandsAgain;
  private final Resynchronizer repliesAgain;
  private final Gather inline;
  private final Pairing<RedisRow> pending;
  private final HeldHeap held;
  private final RedisSubscriptions subscriptions = new RedisSubscriptions();
  private boolean inCommand;
  private boolean replySeen;
  private boolean clientTells;
  private boolean serverTells;
  private boolean confirmed;
  private boolean quiet;
  private int skip;

  /** Whether the server sends a copy of its data and what changes it. */
  private boolean isReplicating;

  private boolean isMonitoring;

  /** Whether bytes were missing: what makes no sense may be the middle of something. */
  private boolean gapSeen;

  /** Whether the client has sent a command that is no line. */
  private boolean isFramed;

  private long missedBytes;
  private boolean over;

  /** Whether the ends may be exchanged, of a connection that was joined. */
  private boolean areEndsUnknown;

  RedisParser(RedisProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.commands = new ValueReader(session.account());
    this.replies = new ValueReader(session.account());
    this.commandsAgain =
        new Resynchronizer(RedisValues::command, /* isTelling= */ true, session.account());
    this.repliesAgain =
        new Resynchronizer(RedisValues::reply, /* isTelling= */ false, session.account());
    this.held = new HeldHeap(session.account());
    this.inline = new Gather(INLINE_MAX, session.account());
    this.pending = new Pairing<>(this::writeUnanswered);
    if (session.flow().partial) {
      gapSeen = true;
      areEndsUnknown = session.flow().responderPort() != RedisProtocol.PORT;
      commandsAgain.begin();
      repliesAgain.begin();
      pending.loseRequests();
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (over || (!fromOriginator && isReplicating)) {
      return;
    }
    Resynchronizer again = fromOriginator ? commandsAgain : repliesAgain;
    Payload values = data;
    if (again.beginSegment()) {
      Payload found = again.find(data);
      if (found == null) {
        return;
      }
      missedBytes += fromOriginator ? again.takeSkippedBytes() : 0;
      values = found;
    }
    while (!values.isEmpty() && !over && !again.isSeeking()) {
      if (fromOriginator) {
        request(values);
      } else if (replies.read(values)) {
        reply();
      } else if (replies.isBroken()) {
        giveUp(/* fromOriginator= */ false, "reply that is no value");
      }
      if (!fromOriginator && isReplicating) {
        return;
      }
    }
  }

  private void request(Payload data) {
    boolean atStart = !inCommand && inline.held() == 0;
    if (inCommand || (atStart && data.u8(0) == '*')) {
      inCommand = true;
      if (commands.read(data)) {
        inCommand = false;
        clientTells = true;
        isFramed = true;
        command(commands.words(), commands.lostWord());
      } else if (commands.isBroken()) {
        giveUp(true, "command that is no value");
      }
      return;
    }
    Payload line = inline.takeLine(data);
    if (line == null) {
      if (inline.isFull()) {
        giveUp(true, "command without an end");
      }
      return;
    }
    List<String> words = InlineCommand.words(line);
    if (!words.isEmpty()) {
      clientTells |= isTelling(words.getFirst());
      command(words, Integer.MAX_VALUE);
    }
  }

  /** Commands without a frame that other protocols of lines do not have. */
  private static boolean isTelling(String word) {
    return switch (word.toUpperCase(Locale.ROOT)) {
      case "PING", "GET", "SET", "INFO", "CONFIG", "HELLO", "ECHO" -> true;
      default -> false;
    };
  }

  private void command(List<String> words, int lostWord) {
    if (areEndsUnknown && (words.isEmpty() || !CommandNames.isFrequent(words.getFirst()))) {
      clientTells = false;
      commandsAgain.begin(); // it may be a reply: of a list of texts
      return;
    }
    areEndsUnknown = false;
    confirm();
    if (words.isEmpty()) {
      return;
    }
    if (pending.pending() >= PENDING_MAX) {
      session.weird("Redis_excessive_pipelining", (pending.pending() + 1) + " > " + PENDING_MAX);
      pending.clear();
      held.clear();
      over = true;
      return;
    }
    RedisRow row = new RedisRow(session.flow(), session.nowNs(), words, lostWord);
    row.missedBytes = missedBytes;
    missedBytes = 0;
    row.inQuiet = quiet && !isReplyOn(words);
    if (skip > 0) {
      skip--;
      row.silent = true;
    }
    String name = row.name == null ? "" : row.name.toUpperCase(Locale.ROOT);
    row.kind =
        switch (name) {
          case "SUBSCRIBE",
              "PSUBSCRIBE",
              "SSUBSCRIBE",
              "UNSUBSCRIBE",
              "PUNSUBSCRIBE",
              "SUNSUBSCRIBE" ->
              RedisRow.Kind.SUBSCRIPTION;
          case "PSYNC", "SYNC" -> RedisRow.Kind.REPLICATION;
          case "MONITOR" -> RedisRow.Kind.MONITOR;
          case "RESET" -> RedisRow.Kind.RESET;
          default -> RedisRow.Kind.OTHER;
        };
    row.silent |= isReplicating && name.equals("REPLCONF");
    add(row);
    if (name.equals("CLIENT")) {
      client(row, words);
    }
  }

  /** A command that comes when all others are done tells where the next reply begins. */
  private void add(RedisRow row) {
    boolean wasBroken = pending.isBroken();
    if (row.silent && pending.pending() == 0) {
      log(row);
      return;
    }
    if (!pending.add(row, session.nowNs())) {
      log(row);
      return;
    }
    held.add(row.heapBytes());
    if (wasBroken) {
      replies.reset();
      repliesAgain.stop();
    }
  }

  /** Takes the command that the next reply belongs to off those that wait. */
  private @Nullable RedisRow takeFirst() {
    RedisRow row = pending.take(session.nowNs());
    if (row != null) {
      held.remove(row.heapBytes());
    }
    return row;
  }

  private void writeUnanswered(RedisRow row) {
    held.remove(row.heapBytes());
    log(row);
  }

  private static boolean isReplyOn(List<String> words) {
    return words.size() == 3 && words.get(2).equalsIgnoreCase("ON");
  }

  /** CLIENT REPLY ON, OFF or SKIP says which commands are answered. */
  private void client(RedisRow row, List<String> words) {
    if (words.size() != 3 || !words.get(1).equalsIgnoreCase("REPLY")) {
      return;
    }
    switch (words.get(2).toUpperCase(Locale.ROOT)) {
      case "OFF" -> {
        quiet = true;
        row.inQuiet = true;
      }
      case "ON" -> {
        if (quiet) {
          quiet = false;
          pending.all().forEach(earlier -> earlier.silent |= earlier.inQuiet);
        }
      }
      case "SKIP" -> {
        if (!quiet) {
          row.silent = true;
          skip = 1;
        }
      }
      default -> {}
    }
  }

  private void reply() {
    serverTells = true;
    confirm();
    writeSilent();
    RedisRow first = pending.first();
    boolean isAsked = first != null && first.kind == RedisRow.Kind.SUBSCRIPTION;
    boolean isUnknown = session.flow().partial || gapSeen;
    switch (subscriptions.read(replies, isAsked, isUnknown)) {
      case MESSAGE -> {
        return; // said without being asked
      }
      case CONFIRMATION -> {
        replySeen = true;
        if (isAsked) {
          write(takeFirst()); // as in Zeek, whose record has no reply
        }
        return;
      }
      case REPLY -> {}
    }
    if (isMonitoring && replies.sign() == '+' && pending.pending() == 0) {
      return;
    }
    answer(takeFirst());
  }

  private void answer(@Nullable RedisRow answered) {
    if (answered == null) {
      return;
    }
    replySeen = true;
    answered.answered = true;
    answered.failed = replies.sign() == '-' || replies.sign() == '!';
    answered.reply = replies.isTextLost() ? null : replies.text();
    log(answered);
    if (answered.failed) {
      return;
    }
    switch (answered.kind) {
      case REPLICATION -> {
        isReplicating = true; // data without a line end and commands follow, to the end
        pending.giveUp();
      }
      case MONITOR -> isMonitoring = true;
      case RESET -> {
        isMonitoring = false;
        subscriptions.clear();
      }
      case SUBSCRIPTION, OTHER -> {}
    }
  }

  /**
   * Lines of another protocol may look like commands, so after a gap one with a frame is needed.
   */
  private void log(RedisRow row) {
    if (confirmed || !gapSeen || isFramed) {
      protocol.log.write(row);
    }
  }

  private void write(@Nullable RedisRow row) {
    if (row != null) {
      log(row);
    }
  }

  /** Writes commands that get no answer. */
  private void writeSilent() {
    for (RedisRow row = pending.first(); row != null && row.silent; row = pending.first()) {
      write(takeFirst());
    }
  }

  private void confirm() {
    if (!confirmed && clientTells && serverTells) {
      confirmed = true;
      session.confirm(RedisProtocol.SERVICE);
    }
  }

  private void giveUp(boolean fromOriginator, String reason) {
    if (gapSeen && confirmed) {
      lose(fromOriginator);
      return;
    }
    over = true;
    pending.clear();
    held.clear();
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (over || (!fromOriginator && isReplicating)) {
      return;
    }
    gapSeen = true;
    Resynchronizer again = fromOriginator ? commandsAgain : repliesAgain;
    boolean inside = fromOriginator ? inCommand && commands.gap(length) : replies.gap(length);
    if (inside && !again.isSeeking()) {
      return;
    }
    missedBytes += length;
    lose(fromOriginator);
  }

  private void lose(boolean fromOriginator) {
    if (fromOriginator) {
      commands.reset();
      inline.clear();
      inCommand = false;
      commandsAgain.begin();
      pending.loseRequests();
    } else {
      replies.reset();
      repliesAgain.begin();
      pending.loseAnswers();
    }
  }

  @Override
  public void onFlowEnd() {
    if (confirmed && (replySeen || gapSeen)) {
      pending.giveUp();
    }
    pending.clear();
    held.clear();
  }
}
