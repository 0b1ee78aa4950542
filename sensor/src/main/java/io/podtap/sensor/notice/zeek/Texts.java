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

  /** Returns a length of time, rounded to seconds: {@code 2m5s}. */
  static String minutesSeconds(long ns) {
    long seconds = Math.round((double) ns / NS_PER_SECOND);
    return seconds / 60 + "m" + seconds % 60 + "s";
  }

  /** Returns a length of time as Zeek prints one: {@code 2.0 mins 5.0 secs 20.0 msecs}. */
  static String interval(long ns) {
    if (ns == 0) {
      return "0 secs";
    }
    StringBuilder out = new StringBuilder(ns < 0 ? "-" : "");
    long rest = Math.abs(ns);
    for (Unit unit : Unit.values()) {
      long whole = rest / unit.ns;
      double count = unit == Unit.USEC ? rest / 1e3 : whole;
      rest = unit == Unit.USEC ? 0 : rest % unit.ns;
      if (count > 0) {
        String number = Double.toString(count);
        out.append(out.length() > 1 ? " " : "").append(number).append(' ').append(unit.word);
        out.append(number.equals("1.0") ? "" : "s");
      }
    }
    return out.toString();
  }

  /** Units in which Zeek prints lengths of time. */
  private enum Unit {
    DAY("day", 86_400_000_000_000L),
    HOUR("hr", 3_600_000_000_000L),
    MINUTE("min", 60_000_000_000L),
    SECOND("sec", 1_000_000_000L),
    MSEC("msec", 1_000_000L),
    USEC("usec", 1_000L);

    final String word;
    final long ns;

    Unit(String word, long ns) {
      this.word = word;
      this.ns = ns;
    }
  }

  /** Returns a point in time, UTC. */
  static String time(long ns) {
    return TIME.format(Instant.ofEpochSecond(Math.floorDiv(ns, NS_PER_SECOND)));
  }
}
