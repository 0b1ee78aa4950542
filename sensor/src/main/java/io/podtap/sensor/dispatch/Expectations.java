/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.StreamProtocol;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connections that others have announced, until they come. One thread. */
final class Expectations {

  /** How long an announcement is good for, as in Zeek. */
  private static final long LIFE_NS = TimeUnit.MINUTES.toNanos(5);

  /** Announcements at a time; the oldest makes room. */
  private static final int COUNT_MAX = 16_384;

  /** Heap of one, with what its protocol remembers of the one who announced it. */
  private static final long BYTES = 320;

  /** Who is to open what. */
  private record Key(
      long originatorHigh,
      long originatorLow,
      long responderHigh,
      long responderLow,
      int responderPort) {}

  private record Expected(long deadlineNs, StreamProtocol protocol) {}

  private final Map<Key, Expected> all = new LinkedHashMap<>();
  private final int countMax;

  /**
   * @param bytesMax heap that all may take
   */
  Expectations(long bytesMax) {
    countMax = Math.clamp(bytesMax / BYTES, 1, COUNT_MAX);
  }

  void add(
      long nowNs,
      long originatorHigh,
      long originatorLow,
      long responderHigh,
      long responderLow,
      int responderPort,
      StreamProtocol protocol) {
    Key key = new Key(originatorHigh, originatorLow, responderHigh, responderLow, responderPort);
    all.remove(key);
    if (all.size() >= countMax) {
      Iterator<Key> oldest = all.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    all.put(key, new Expected(nowNs + LIFE_NS, protocol));
  }

  /** Returns what a new flow was announced as, once; null when it was not. */
  @Nullable StreamProtocol take(Flow flow, long nowNs) {
    if (all.isEmpty()) {
      return null;
    }
    Expected expected = all.remove(key(flow, flow.originatorHigh(), flow.originatorLow()));
    if (expected == null) {
      expected = all.remove(key(flow, 0, 0)); // from anyone
    }
    return expected == null || nowNs > expected.deadlineNs ? null : expected.protocol;
  }

  private static Key key(Flow flow, long originatorHigh, long originatorLow) {
    return new Key(
        originatorHigh,
        originatorLow,
        flow.responderHigh(),
        flow.responderLow(),
        flow.responderPort());
  }
}
