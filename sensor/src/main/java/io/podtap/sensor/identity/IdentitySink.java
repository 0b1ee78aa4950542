/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The place where records get their owners: every log whose records belong to flows is written with
 * {@link IdentityColumns} behind its own. The records of {@code dns.log} are read as they pass.
 */
public final class IdentitySink implements LogSink {

  private static final String CONN = "conn";
  private static final String DNS = "dns";

  /**
   * What all sinks of one sensor share.
   *
   * @param logs names of the logs that have the columns; empty for all
   */
  public record Settings(
      Identities identities, TapOwners taps, Set<String> logs, long namesBytesMax) {

    public Settings {
      logs = Set.copyOf(logs);
    }
  }

  private final LogSink sink;
  private final Settings settings;
  private final AskedNames names;
  private final FlowOwners owners;
  private final LineBuffer buffer = new LineBuffer(256);

  /**
   * @param sink takes the records, with more columns; closed with this one
   */
  public IdentitySink(LogSink sink, Settings settings) {
    this(sink, settings, new AskedNames(settings.namesBytesMax()));
  }

  private IdentitySink(LogSink sink, Settings settings, AskedNames names) {
    this.sink = sink;
    this.settings = settings;
    this.names = names;
    this.owners = new FlowOwners(settings.identities(), settings.taps());
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    String path = schema.path();
    boolean isWanted = settings.logs().isEmpty() || settings.logs().contains(path);
    LogSchema<R> wanted =
        isWanted && schema.hasFlow()
            ? schema.followedBy(new IdentityColumns(owners, path.equals(CONN) ? names : null))
            : schema;
    LogStream<R> stream = sink.open(wanted);
    if (!path.equals(DNS)) {
      return stream;
    }
    return row -> {
      learn(schema, row);
      stream.write(row);
    };
  }

  /** Takes the addresses in an answer that a client got. */
  private <R> void learn(LogSchema<R> schema, R row) {
    Flow flow = schema.flowOf(row);
    buffer.truncate(0);
    if (flow == null || !schema.writeText("query", row, buffer)) {
      return;
    }
    String query = text();
    buffer.truncate(0);
    if (!schema.writeText("answers", row, buffer)) {
      return;
    }
    String answers = text();
    buffer.truncate(0);
    String lives = schema.writeText("TTLs", row, buffer) ? text() : "";
    int from = 0;
    int life = 0;
    while (from <= answers.length()) {
      int end = end(answers, from);
      int lifeEnd = end(lives, life);
      Place address =
          isAddress(answers, from, end) ? Addresses.parse(answers.substring(from, end)) : null;
      if (address != null) {
        names.add(
            flow.originatorHigh(),
            flow.originatorLow(),
            address,
            query,
            flow.lastNs,
            seconds(lives, life, lifeEnd));
      }
      from = end + 1;
      life = Math.min(lifeEnd + 1, lives.length());
    }
  }

  private String text() {
    return new String(buffer.bytes(), 0, buffer.length(), StandardCharsets.ISO_8859_1);
  }

  private static int end(String list, int from) {
    int at = list.indexOf(TextSource.SEPARATOR, from);
    return at < 0 ? list.length() : at;
  }

  /** Returns whether a text may be an address: names of hosts do not end so. */
  private static boolean isAddress(String text, int from, int to) {
    if (from == to) {
      return false;
    }
    int last = Character.digit(text.charAt(to - 1), 16);
    int colon = text.indexOf(':', from);
    if (colon >= 0 && colon < to) {
      return last >= 0 || text.charAt(to - 1) == ':';
    }
    return last >= 0 && last < 10;
  }

  /** Returns nanoseconds of a time to live as the log has it, in seconds; 0 for none. */
  private static long seconds(String list, int from, int to) {
    long seconds = 0;
    for (int i = from; i < to && Character.isDigit(list.charAt(i)) && seconds < 1L << 32; i++) {
      seconds = 10 * seconds + Character.digit(list.charAt(i), 10);
    }
    return TimeUnit.SECONDS.toNanos(Math.min(seconds, 1L << 32));
  }

  @Override
  public IdentitySink another() {
    return new IdentitySink(sink.another(), settings, names);
  }

  @Override
  public void flush() {
    sink.flush();
  }

  @Override
  public void close() {
    sink.close();
  }
}
