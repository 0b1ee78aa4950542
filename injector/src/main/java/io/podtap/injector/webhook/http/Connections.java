/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open connections, bounded in total and by address. When a new one has no place, the one makes
 * room that has kept the server waiting for longest: first of those that were never served.
 */
final class Connections {

  /** Nobody makes room before that: a client that goes on at once is not taken for an idle one. */
  private static final long GRACE_NS = 300_000_000;

  private final int max;
  private final int perAddressMax;
  private final Set<HttpConnection> open = new HashSet<>();
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();

  Connections(int max, int perAddressMax) {
    this.max = max;
    this.perAddressMax = perAddressMax;
  }

  /** What is to be done with a new connection. */
  sealed interface Place {
    /** It has a place. */
    record Free() implements Place {}

    /** It has the place of this one, which is to be ended. */
    record Instead(HttpConnection victim) implements Place {}

    /** All are at work: later, perhaps. */
    record None() implements Place {}
  }

  synchronized Place place(HttpConnection connection, long nowNs) {
    boolean hasShare = byAddress.getOrDefault(connection.address(), 0) >= perAddressMax;
    if (open.size() < max && !hasShare) {
      add(connection);
      return new Place.Free();
    }
    HttpConnection victim = victim(hasShare ? connection.address() : null, nowNs);
    if (victim == null) {
      return new Place.None();
    }
    remove(victim);
    add(connection);
    return new Place.Instead(victim);
  }

  /** One that was served goes only where no other waits, not even one that has just come. */
  private @Nullable HttpConnection victim(@Nullable InetAddress address, long nowNs) {
    HttpConnection victim = null;
    boolean isOnlyServed = true;
    for (HttpConnection one : open) {
      boolean isInScope = one.isWaiting() && (address == null || address.equals(one.address()));
      isOnlyServed &= !isInScope || one.isServed();
      boolean isCandidate = isInScope && nowNs - one.sinceNs() > GRACE_NS;
      if (isCandidate && (victim == null || goesBefore(one, victim))) {
        victim = one;
      }
    }
    return victim == null || !victim.isServed() || isOnlyServed ? victim : null;
  }

  private static boolean goesBefore(HttpConnection one, HttpConnection other) {
    return one.isServed() == other.isServed()
        ? one.sinceNs() - other.sinceNs() < 0
        : !one.isServed();
  }

  private void add(HttpConnection connection) {
    open.add(connection);
    byAddress.merge(connection.address(), 1, Integer::sum);
  }

  synchronized void remove(HttpConnection connection) {
    if (open.remove(connection)) {
      byAddress.computeIfPresent(
          connection.address(), (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }
  }

  synchronized List<HttpConnection> all() {
    return List.copyOf(open);
  }
}
