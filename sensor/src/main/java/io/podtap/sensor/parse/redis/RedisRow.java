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
  final String name;
  final @Nullable String key;
  final @Nullable String value;

  /** Whether the server was told not to answer. */
  boolean silent;

  /** Whether it came while answers were turned off. */
  boolean inQuiet;

  boolean answered;
  boolean failed;
  String reply = "";

  RedisRow(Flow flow, long timeNs, List<String> words) {
    this.flow = flow;
    this.timeNs = timeNs;
    this.name = words.getFirst();
    String upper = name.toUpperCase(Locale.ROOT);
    boolean valued = hasKeyAndValue(upper) && words.size() > 2;
    this.key = (valued || hasKey(upper)) && words.size() > 1 ? words.get(1) : null;
    this.value = valued ? words.get(2) : null;
  }

  /** Returns the heap that the command takes while it waits. */
  long heapBytes() {
    return 72 + HeapSize.text(name) + HeapSize.text(key) + HeapSize.text(value);
  }

  private static boolean hasKey(String name) {
    return switch (name) {
      case "GET",
          "GETDEL",
          "GETEX",
          "GETRANGE",
          "STRLEN",
          "DECR",
          "INCR",
          "DEL",
          "MGET",
          "EXPIRE",
          "PERSIST",
          "TTL",
          "TYPE",
          "HDEL",
          "HGET",
          "HGETALL",
          "HKEYS",
          "HMGET",
          "HVALS",
          "KEYS" ->
          true;
      default -> false;
    };
  }

  private static boolean hasKeyAndValue(String name) {
    return switch (name) {
      case "SET", "SETNX", "GETSET", "APPEND", "DECRBY", "INCRBY", "PUBLISH" -> true;
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
        .build();
  }
}
