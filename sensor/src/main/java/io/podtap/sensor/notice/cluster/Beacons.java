/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.workload.BeaconScore;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.ConnectionRecords;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Learned;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Tables;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Connections of a workload to one destination outside at regular intervals. Destinations that it
 * had while it was learned are left out: much that is regular is monitoring.
 */
final class Beacons implements Watcher {

  private static final long IDLE_NS_MAX = Duration.ofDays(1).toNanos();

  /** Connections of a pair that are looked at, the latest. */
  private static final int KEPT = 32;

  private static final long BURST_MS = 250;

  private final ClusterSettings settings;
  private final Learned learned;
  private final LookedUpDomains names;
  private final AgeTable<String, Starts> pairs;

  /** Rings of when connections began and of what they sent. */
  private static final class Starts {
    final long[] times = new long[KEPT];
    final long[] bytes = new long[KEPT];
    int count;

    /** Adds a connection; several at once, as a page needs, are one. */
    void add(long timeMs, long sent) {
      if (count > 0 && Math.abs(timeMs - times[(count - 1) % KEPT]) < BURST_MS) {
        return;
      }
      int at = count % KEPT;
      times[at] = timeMs;
      bytes[at] = sent;
      count++;
    }

    double score() {
      int kept = Math.min(count, KEPT);
      int oldest = count - kept;
      long[] sorted = new long[kept];
      long[] sizes = new long[kept];
      for (int i = 0; i < kept; i++) {
        sorted[i] = times[(oldest + i) % KEPT];
        sizes[i] = bytes[(oldest + i) % KEPT];
      }
      Arrays.sort(sorted); // records come when connections end
      long[] intervals = new long[kept - 1];
      for (int i = 1; i < kept; i++) {
        intervals[i - 1] = sorted[i] - sorted[i - 1];
      }
      return BeaconScore.of(intervals, sizes);
    }

    long spanMs() {
      int kept = Math.min(count, KEPT);
      return times[(count - 1) % KEPT] - times[(count - kept) % KEPT];
    }
  }

  Beacons(ClusterSettings settings, Learning learning, LookedUpDomains names) {
    this.settings = settings;
    learned = new Learned(settings, learning);
    this.names = names;
    pairs = new AgeTable<>(4 * settings.tableBytesMax(), IDLE_NS_MAX, _ -> 16 * KEPT + 64);
  }

  @Override
  public Set<String> logs() {
    return Set.of("conn");
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    Party source = record.originator();
    Party target = record.responder();
    if (!target.isExternal() || source.isExternal() || !ConnectionRecords.isEstablished(record)) {
      return;
    }
    long now = record.timeNs();
    String key = source.key() + ' ' + target.address() + ' ' + ConnectionRecords.port(record);
    if (learned.isUsual(source.key() + ' ' + names.of(source, target, now), source, now)) {
      return;
    }
    Starts starts = Tables.used(pairs, key, now);
    if (starts == null) {
      starts = new Starts();
      pairs.put(key, starts, now);
    }
    starts.add(now / 1_000_000, Math.max(0, record.number("orig_bytes")));
    int enough = Math.min(settings.beaconConnections(), KEPT);
    if (starts.count < enough || starts.spanMs() < settings.beaconSpanNs() / 1_000_000) {
      return;
    }
    double score = starts.score();
    if (score * 100 >= settings.beaconScore()) {
      findings.raise(
          ClusterNotice.BEACON,
          source.name() + " connects to " + target.name() + " at regular intervals",
          "score " + Math.round(score * 100) + " of 100, " + starts.count + " connections",
          record,
          source,
          target,
          key);
    }
  }

  @Override
  public List<StateTable> tables() {
    return List.of(pairs, learned.table());
  }
}
