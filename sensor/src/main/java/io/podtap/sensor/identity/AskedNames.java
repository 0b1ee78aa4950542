/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.sensor.flow.Flow;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The names for which clients got addresses from DNS: client and address in, name out. An answer
 * counts for its time to live and a little longer, a day at most. Bounded in bytes; who asked
 * longest ago makes room. Any thread.
 */
final class AskedNames {

  private static final long LIFE_NS_MAX = TimeUnit.DAYS.toNanos(1);

  /** Programs keep an answer a little longer than they may. */
  private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(30);

  /** The packets of an answer and of the connection that it is for may be seen in either order. */
  private static final long EARLY_NS = TimeUnit.SECONDS.toNanos(1);

  /** Names that one client got the same address for, one after another. */
  private static final int ANSWERS_MAX = 4;

  private static final int NAME_LENGTH_MAX = 255;
  private static final long ENTRY_BYTES = 64 + 48;
  private static final long ANSWER_BYTES = 32 + 48;

  private final long bytesMax;
  private final Map<Pair, Answer> latest = new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ false);
  private long bytes;
  private long evicted;

  private record Pair(long clientHigh, long clientLow, long high, long low) {

    @Override
    public int hashCode() {
      long mixed = ((clientHigh * 31 + clientLow) * 31 + high) * 31 + low;
      mixed *= 0x9E37_79B9_7F4A_7C15L;
      return (int) (mixed ^ mixed >>> 32);
    }
  }

  private record Answer(String name, long fromNs, long untilNs, @Nullable Answer before) {}

  AskedNames(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** A client got an address for a name. */
  synchronized void add(
      long clientHigh, long clientLow, Place address, String name, long timeNs, long lifeNs) {
    if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
      return;
    }
    Pair pair = new Pair(clientHigh, clientLow, address.high(), address.low());
    Answer before = latest.remove(pair);
    bytes -= bytes(before);
    long untilNs = timeNs + Math.clamp(lifeNs, 0, LIFE_NS_MAX - GRACE_NS) + GRACE_NS;
    Answer made;
    if (before != null && before.name.equals(name) && timeNs <= before.untilNs) {
      made =
          new Answer(before.name, before.fromNs, Math.max(untilNs, before.untilNs), before.before);
    } else {
      made = new Answer(name, timeNs, untilNs, cut(before, ANSWERS_MAX - 1));
    }
    latest.put(pair, made);
    bytes += bytes(made);
    while (bytes > bytesMax) {
      Map.Entry<Pair, Answer> oldest = latest.entrySet().iterator().next();
      latest.remove(oldest.getKey());
      bytes -= bytes(oldest.getValue());
      evicted++;
    }
  }

  private static @Nullable Answer cut(@Nullable Answer answer, int count) {
    return answer == null || count == 0
        ? null
        : new Answer(answer.name, answer.fromNs, answer.untilNs, cut(answer.before, count - 1));
  }

  private static long bytes(@Nullable Answer answer) {
    long sum = answer == null ? 0 : ENTRY_BYTES;
    for (Answer at = answer; at != null; at = at.before) {
      sum += ANSWER_BYTES + at.name.length();
    }
    return sum;
  }

  /** Returns the name for which a flow's originator had got the responder's address, or null. */
  synchronized @Nullable String of(Flow flow) {
    Pair pair =
        new Pair(
            flow.originatorHigh(), flow.originatorLow(), flow.responderHigh(), flow.responderLow());
    for (Answer at = latest.get(pair); at != null; at = at.before) {
      if (flow.startNs >= at.fromNs - EARLY_NS && flow.startNs <= at.untilNs) {
        return at.name;
      }
    }
    return null;
  }

  /** Returns how many pairs made room for others before their time. */
  synchronized long evicted() {
    return evicted;
  }
}
