/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Texts as Zeek writes them in messages. */
final class Texts {

  private static final long NS_PER_SECOND = 1_000_000_000L;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd-HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Texts() {}

  /** Returns a length of time: {@code 2m5s}. */
  static String minutesSeconds(long ns) {
    long seconds = ns / NS_PER_SECOND;
    return seconds / 60 + "m" + seconds % 60 + "s";
  }

  /** Returns a point in time, UTC. */
  static String time(long ns) {
    return TIME.format(Instant.ofEpochSecond(Math.floorDiv(ns, NS_PER_SECOND)));
  }
}
