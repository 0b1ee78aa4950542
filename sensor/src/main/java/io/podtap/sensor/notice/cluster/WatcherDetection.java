/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Joins one watcher to the framework. One thread at a time. */
final class WatcherDetection implements Detection, FindingHandler {

  /** Makes a watcher of what detections share. */
  @FunctionalInterface
  interface Maker {

    /**
     * Returns the watcher.
     *
     * @param names returns the names of destinations outside
     */
    Watcher make(Learning learning, Supplier<LookedUpDomains> names);
  }

  /** The same finding about the same workloads is one notice in so long a time. */
  private static final long SUPPRESS_NS = Duration.ofHours(1).toNanos();

  private final Maker maker;
  private final ClusterSettings settings;
  private final DetectionContext context;
  private final Notices notices;
  private @Nullable Watcher watcher;

  /** Null where another detection accounts for it. */
  private @Nullable WorkloadRecords shared;

  /**
   * @param maker makes the watcher; those that do not learn leave what is learned aside
   */
  WatcherDetection(Maker maker, ClusterSettings settings, DetectionContext context) {
    this.maker = maker;
    this.settings = settings;
    this.context = context;
    this.notices = context.notices();
  }

  @Override
  public void subscribe(Subscriptions records) {
    WorkloadRecords found =
        records.shared(
            WorkloadRecords.class,
            () -> new WorkloadRecords(context.names(), context.site(), settings));
    Watcher made = maker.make(found.learning(), () -> found.names(records));
    watcher = made;
    found.add(made, this, records);
    shared = found.claim() ? found : null;
  }

  @Override
  public void raise(
      ClusterNotice kind,
      String message,
      String detail,
      RecordView about,
      Party source,
      @Nullable Party destination,
      String identifier) {
    Notice notice =
        Notice.of(kind.zeekName(), message)
            .sub(detail.isEmpty() ? null : detail)
            .source(source.address())
            .identifier(identifier)
            .suppressFor(SUPPRESS_NS);
    if (destination != null) {
      notice.destination(destination.address());
    }
    if (!about.text("uid").isEmpty()) {
      notice.connection(about.logged());
    }
    notices.emit(notice);
  }

  @Override
  public long heldBytes() {
    Watcher made = watcher;
    return (made == null ? 0 : made.bytes())
        + accounted().stream().mapToLong(StateTable::bytes).sum();
  }

  @Override
  public long evicted() {
    Watcher made = watcher;
    return (made == null ? 0 : made.evicted())
        + accounted().stream().mapToLong(StateTable::evicted).sum();
  }

  /** Returns tables that detections share, where this is the one that accounts for them. */
  private List<StateTable> accounted() {
    WorkloadRecords claimed = shared;
    return claimed == null ? List.of() : claimed.tables();
  }
}
