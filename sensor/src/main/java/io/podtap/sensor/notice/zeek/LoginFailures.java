/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Failed logins by client within a time; the threshold is one notice. One thread. */
final class LoginFailures {

  private static final long BYTES_MAX = 4 << 20;
  private static final int SERVERS_MAX = 64;
  private static final int SAMPLES_MAX = 5;

  /** What one client failed at. */
  static final class Failures {
    private final Set<String> servers = new HashSet<>();
    private final List<String> samples = new ArrayList<>();
    private final long sinceNs;
    private long count;
    private boolean told;

    private Failures(long sinceNs) {
      this.sinceNs = sinceNs;
    }

    /** Returns how many logins failed. */
    long count() {
      return count;
    }

    /** Returns how many servers refused one; more than 64 are 64. */
    int servers() {
      return servers.size();
    }

    /** Returns the servers of the first ones. */
    List<String> samples() {
      return samples;
    }

    /** Returns when the first one failed, nanoseconds since 1970. */
    long sinceNs() {
      return sinceNs;
    }

    private long bytes() {
      return 160 + 96L * (servers.size() + samples.size());
    }
  }

  private final AgeTable<String, Failures> clients;
  private final Notices notices;
  private final long threshold;

  /**
   * @param threshold failed logins that are a notice
   * @param windowNs in which they must come, nanoseconds
   */
  LoginFailures(Notices notices, long threshold, long windowNs) {
    this.notices = notices;
    this.threshold = threshold;
    this.clients = new AgeTable<>(BYTES_MAX, windowNs, Failures::bytes);
  }

  /**
   * Takes failed logins of a client.
   *
   * @param notice makes the notice when they reach the threshold; source and identifier are added
   */
  void add(
      String client, String server, long failed, long nowNs, Function<Failures, Notice> notice) {
    Failures known = clients.get(client, nowNs, () -> new Failures(nowNs));
    known.count += failed;
    if (known.servers.size() < SERVERS_MAX) {
      known.servers.add(server);
    }
    if (known.samples.size() < SAMPLES_MAX) {
      known.samples.add(server);
    }
    clients.resized(client);
    if (known.count >= threshold && !known.told) {
      known.told = true;
      notices.emit(notice.apply(known).source(client).identifier(client));
    }
  }

  long bytes() {
    return clients.bytes();
  }

  long evicted() {
    return clients.evicted();
  }
}
