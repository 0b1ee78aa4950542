/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.Findings;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.Seen;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Joins one watcher to the framework. One thread at a time. */
final class WatcherDetection implements Detection, Findings {

  /** The same finding about the same workloads is one notice in so long a time. */
  private static final long SUPPRESS_NS = Duration.ofHours(1).toNanos();

  private final Watcher watcher;
  private final Notices notices;
  private final SeenRecord seen;

  WatcherDetection(Watcher watcher, DetectionContext context) {
    this.watcher = watcher;
    this.notices = context.notices();
    this.seen = new SeenRecord(context.names(), context.site());
  }

  @Override
  public void subscribe(Subscriptions records) {
    for (String log : watcher.logs()) {
      records.on(log, this::onRecord);
    }
  }

  private void onRecord(LogRecord logged) {
    watcher.onRecord(seen.wrap(logged), this);
  }

  @Override
  public void raise(
      ClusterNotice kind,
      String message,
      String detail,
      Seen about,
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
      notice.connection(seen.logged());
    }
    notices.emit(notice);
  }

  @Override
  public long heldBytes() {
    return watcher.bytes();
  }
}
