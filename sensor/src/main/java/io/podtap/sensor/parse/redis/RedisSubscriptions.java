/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.redis;

import java.util.List;

/**
 * What one connection is subscribed to, as far as it matters: whether messages may come. Told by
 * the server's own words, not by what the client asked for, which may be refused. One thread.
 *
 * @see "redis.io/docs/latest/develop/pubsub, section Format of pushed messages"
 */
final class RedisSubscriptions {

  /** What a value is. */
  enum Meaning {
    REPLY,
    /** Of a channel that the client subscribed to or left; one for each. */
    CONFIRMATION,
    /** Said without being asked. */
    MESSAGE
  }

  /** Channels and patterns, and those of a shard, as the server counts them. */
  private long plain;

  private long sharded;

  void clear() {
    plain = 0;
    sharded = 0;
  }

  /**
   * Tells what a value is.
   *
   * @param isAsked whether the next reply is to a command that subscribes or leaves
   * @param isUnknown whether the client may have subscribed unseen
   */
  Meaning read(ValueReader value, boolean isAsked, boolean isUnknown) {
    boolean isPush = value.sign() == '>';
    if (!isPush && value.sign() != '*') {
      return Meaning.REPLY;
    }
    List<String> words = value.words();
    String first = words.isEmpty() ? "" : words.getFirst();
    switch (first) {
      case "subscribe", "psubscribe", "unsubscribe", "punsubscribe" -> {
        if (value.count() == 3 && (isPush || isAsked || isSubscribed() || isUnknown)) {
          plain = value.lastNumber();
          return Meaning.CONFIRMATION;
        }
      }
      case "ssubscribe", "sunsubscribe" -> {
        if (value.count() == 3 && (isPush || isAsked || isSubscribed() || isUnknown)) {
          sharded = value.lastNumber();
          return Meaning.CONFIRMATION;
        }
      }
      case "message", "smessage" -> {
        if (value.count() == 3 && (isPush || isSubscribed() || isUnknown)) {
          return Meaning.MESSAGE;
        }
      }
      case "pmessage" -> {
        if (value.count() == 4 && (isPush || isSubscribed() || isUnknown)) {
          return Meaning.MESSAGE;
        }
      }
      default -> {}
    }
    return isPush ? Meaning.MESSAGE : Meaning.REPLY;
  }

  private boolean isSubscribed() {
    return plain > 0 || sharded > 0;
  }
}
