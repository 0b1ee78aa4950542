package io.podtap.sensor.parse.redis;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.Holdings;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Follows one connection to a Redis server. One thread. */
final class RedisParser implements StreamParser {

  private static final int INLINE_MAX = 4 << 10;

  /** Commands that wait for their reply, at most, as in Zeek. */
  private static final int PENDING_MAX = 10_000;

  private final RedisProtocol protocol;
  private final Session session;
  private final ValueReader commands;
  private final ValueReader replies;
  private final Gather inline;
  private final ArrayDeque<RedisRow> pending = new ArrayDeque<>(4);
  private final Holdings held;
  private boolean inCommand;
  private boolean replySeen;
  private boolean clientTells;
  private boolean serverTells;
  private boolean confirmed;
  private boolean quiet;
  private int skip;
  private boolean subscribed;
  private boolean version3;
  private boolean over;

  RedisParser(RedisProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.commands = new ValueReader(session.account());
    this.replies = new ValueReader(session.account());
    this.held = new Holdings(session.account());
    this.inline = new Gather(INLINE_MAX, session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    while (!data.isEmpty() && !over) {
      if (fromOriginator) {
        request(data);
      } else if (replies.read(data)) {
        reply();
      } else if (replies.isBroken()) {
        giveUp("reply that is no value");
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
        command(commands.words());
      } else if (commands.isBroken()) {
        giveUp("command that is no value");
      }
      return;
    }
    Payload line = inline.takeLine(data);
    if (line == null) {
      if (inline.isFull()) {
        giveUp("command without an end");
      }
      return;
    }
    String text = line.text(0, line.length()).strip();
    if (!text.isEmpty()) {
      List<String> words = List.of(text.split("\\s+", 8));
      clientTells |= isTelling(words.getFirst());
      command(words);
    }
  }

  /** Commands without a frame that other protocols of lines do not have. */
  private static boolean isTelling(String word) {
    return switch (word.toUpperCase(Locale.ROOT)) {
      case "PING", "GET", "SET", "INFO", "CONFIG", "HELLO", "ECHO" -> true;
      default -> false;
    };
  }

  private void command(List<String> words) {
    confirm();
    if (words.isEmpty()) {
      return;
    }
    if (pending.size() >= PENDING_MAX) {
      session.weird("Redis_excessive_pipelining", "");
      pending.clear();
      held.clear();
      over = true;
      return;
    }
    RedisRow row = new RedisRow(session.flow(), session.nowNs(), words);
    pending.add(row);
    held.add(row.heapBytes());
    row.inQuiet = quiet && !isReplyOn(words);
    if (skip > 0) {
      skip--;
      row.silent = true;
    }
    switch (row.name.toUpperCase(Locale.ROOT)) {
      case "CLIENT" -> client(row, words);
      case "HELLO" -> version3 |= words.size() > 1 && words.get(1).equals("3");
      case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE" -> {
        subscribed = !version3;
        row.silent = true;
      }
      case "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE" -> row.silent = true;
      case "RESET", "QUIT" -> subscribed = false;
      default -> row.silent |= subscribed;
    }
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
          pending.forEach(earlier -> earlier.silent |= earlier.inQuiet);
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
    if (replies.sign() == '>' || (subscribed && !version3)) {
      return; // said without being asked
    }
    RedisRow answered = nextAnswered();
    if (answered != null) {
      replySeen = true;
      answered.answered = true;
      answered.failed = replies.sign() == '-' || replies.sign() == '!';
      answered.reply = replies.text();
      protocol.log.write(answered);
    }
  }

  /** Writes commands that get no answer, and takes the first that does. */
  private @Nullable RedisRow nextAnswered() {
    RedisRow row = poll();
    while (row != null && row.silent) {
      protocol.log.write(row);
      row = poll();
    }
    return row;
  }

  private @Nullable RedisRow poll() {
    RedisRow row = pending.poll();
    if (row != null) {
      held.remove(row.heapBytes());
    }
    return row;
  }

  private void confirm() {
    if (!confirmed && clientTells && serverTells) {
      confirmed = true;
      session.confirm(Service.REDIS);
    }
  }

  private void giveUp(String reason) {
    over = true;
    pending.clear();
    held.clear();
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    over = true; // values have no mark to begin at again
  }

  @Override
  public void onFlowEnd() {
    if (confirmed && replySeen) {
      pending.forEach(protocol.log::write);
    }
    pending.clear();
    held.clear();
  }
}
