/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import java.util.Locale;
import java.util.Set;

/**
 * Names of frequent commands, by which those are told from replies, which may be lists as well.
 * Stateless.
 */
final class CommandNames {

  private static final int LENGTH_MAX = 16;

  private static final Set<String> FREQUENT =
      Set.of(
          "APPEND",
          "AUTH",
          "BLPOP",
          "BRPOP",
          "CLIENT",
          "CLUSTER",
          "COMMAND",
          "CONFIG",
          "DBSIZE",
          "DECR",
          "DECRBY",
          "DEL",
          "DISCARD",
          "ECHO",
          "EVAL",
          "EVALSHA",
          "EXEC",
          "EXISTS",
          "EXPIRE",
          "FCALL",
          "FLUSHALL",
          "FLUSHDB",
          "GET",
          "GETDEL",
          "GETEX",
          "GETRANGE",
          "GETSET",
          "HDEL",
          "HELLO",
          "HEXISTS",
          "HGET",
          "HGETALL",
          "HINCRBY",
          "HKEYS",
          "HLEN",
          "HMGET",
          "HMSET",
          "HSCAN",
          "HSET",
          "HSETNX",
          "HVALS",
          "INCR",
          "INCRBY",
          "INFO",
          "KEYS",
          "LINDEX",
          "LLEN",
          "LPOP",
          "LPUSH",
          "LRANGE",
          "LREM",
          "LTRIM",
          "MGET",
          "MONITOR",
          "MSET",
          "MULTI",
          "PERSIST",
          "PEXPIRE",
          "PFADD",
          "PFCOUNT",
          "PING",
          "PSETEX",
          "PSUBSCRIBE",
          "PSYNC",
          "PTTL",
          "PUBLISH",
          "PUNSUBSCRIBE",
          "QUIT",
          "REPLCONF",
          "RESET",
          "RPOP",
          "RPOPLPUSH",
          "RPUSH",
          "SADD",
          "SCAN",
          "SCARD",
          "SCRIPT",
          "SELECT",
          "SET",
          "SETEX",
          "SETNX",
          "SISMEMBER",
          "SLOWLOG",
          "SMEMBERS",
          "SREM",
          "SSCAN",
          "SSUBSCRIBE",
          "STRLEN",
          "SUBSCRIBE",
          "TIME",
          "TTL",
          "TYPE",
          "UNLINK",
          "UNSUBSCRIBE",
          "UNWATCH",
          "WATCH",
          "XACK",
          "XADD",
          "XLEN",
          "XRANGE",
          "XREAD",
          "XREADGROUP",
          "ZADD",
          "ZCARD",
          "ZCOUNT",
          "ZINCRBY",
          "ZRANGE",
          "ZRANGEBYSCORE",
          "ZRANK",
          "ZREM",
          "ZREVRANGE",
          "ZSCAN",
          "ZSCORE");

  private CommandNames() {}

  static boolean isFrequent(String word) {
    return word.length() <= LENGTH_MAX && FREQUENT.contains(word.toUpperCase(Locale.ROOT));
  }
}
