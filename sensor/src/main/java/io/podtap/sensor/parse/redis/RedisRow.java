/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One command and what came of it. One thread. */
final class RedisRow {

  final Flow flow;
  final long timeNs;
  final @Nullable String name;
  final @Nullable String key;
  final @Nullable String value;

  /** Whether the server was told not to answer. */
  boolean silent;

  /** Whether it came while answers were turned off. */
  boolean inQuiet;

  /** What becomes of the connection when it is done. */
  enum Kind {
    SUBSCRIPTION,
    REPLICATION,
    MONITOR,
    RESET,
    OTHER
  }

  Kind kind = Kind.OTHER;
  boolean answered;
  boolean failed;
  @Nullable String reply;

  /** Bytes that are missing since the record before; 0 for none. */
  long missedBytes;

  /**
   * @param lostWord the first of {@code words} that is not whole
   */
  RedisRow(Flow flow, long timeNs, List<String> words, int lostWord) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.name = lostWord == 0 ? null : words.getFirst();
    String upper = name == null ? "" : name.toUpperCase(Locale.ROOT);
    int keyAt = keyAt(upper);
    int valueAt = hasValue(upper) ? 2 : 0;
    this.key = isThere(keyAt, words, lostWord) ? words.get(keyAt) : null;
    this.value = isThere(valueAt, words, lostWord) ? words.get(valueAt) : null;
  }

  private static boolean isThere(int at, List<String> words, int lostWord) {
    return at > 0 && at < words.size() && at < lostWord;
  }

  /** Returns the heap that the command takes while it waits. */
  long heapBytes() {
    return 88 + HeapSize.text(name) + HeapSize.text(key) + HeapSize.text(value);
  }

  /** Returns which argument is the key, by Zeek's list of commands; 0 for none. */
  private static int keyAt(String name) {
    return switch (name) {
      case "APPEND",
          "BITCOUNT",
          "BITFIELD",
          "BITFIELD_RO",
          "BITPOS",
          "BLPOP",
          "BRPOP",
          "COPY",
          "DECR",
          "DECRBY",
          "DEL",
          "DUMP",
          "EXISTS",
          "EXPIRE",
          "EXPIREAT",
          "EXPIRETIME",
          "GET",
          "GETBIT",
          "GETDEL",
          "GETEX",
          "GETRANGE",
          "GETSET",
          "HDEL",
          "HGET",
          "HSET",
          "INCR",
          "INCRBY",
          "KEYS",
          "MGET",
          "MOVE",
          "MSET",
          "PERSIST",
          "RENAME",
          "SET",
          "STRLEN",
          "TTL",
          "TYPE" ->
          1;
      case "BITOP" -> 2;
      case "BLMPOP" -> 3;
      default -> 0;
    };
  }

  private static boolean hasValue(String name) {
    return switch (name) {
      case "APPEND",
          "DECRBY",
          "EXPIRE",
          "EXPIREAT",
          "GETBIT",
          "GETSET",
          "HDEL",
          "HGET",
          "INCRBY",
          "MOVE",
          "MSET",
          "RENAME",
          "SET" ->
          true;
      default -> false;
    };
  }

  static LogSchema<RedisRow> schema() {
    return LogSchema.<RedisRow>named("redis", "One record for each command.")
        .time("ts", "When it came.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("cmd.name", "The command.", row -> row.name)
        .wire("cmd.key", "Its key, where it has one.", row -> row.key)
        .wire("cmd.value", "The value for that key.", row -> row.value)
        .bool(
            "success",
            "Whether the server did it; not set when it did not answer.",
            row -> row.answered ? row.failed ? 0 : 1 : LogSchema.UNSET)
        .wire("reply.value", "What the server answered.", row -> row.answered ? row.reply : null)
        .rare(
            row -> row.missedBytes > 0,
            log ->
                log.count(
                    "missed_bytes",
                    "Bytes that are missing since the connection's record before: there may have"
                        + " been commands in them.",
                    row -> row.missedBytes > 0 ? row.missedBytes : LogSchema.UNSET))
        .build();
  }
}
