/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Tables;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Bytes that a workload sends outside in ten minutes, compared with what it sent so far. */
final class Volumes implements Watcher {

  private static final long IDLE_NS_MAX = Duration.ofDays(14).toNanos();
  private static final long WINDOW_NS = Duration.ofMinutes(10).toNanos();

  private final ClusterSettings settings;
  private final Learning learning;
  private final AgeTable<String, Volume> workloads;

  private static final class Volume {
    long sinceNs;
    long bytes;

    /** The largest of a window so far; it decreases slowly. */
    double usual;

    boolean raised;
  }

  Volumes(ClusterSettings settings, Learning learning) {
    this.settings = settings;
    this.learning = learning;
    workloads = new AgeTable<>(settings.tableBytesMax() / 4, IDLE_NS_MAX, _ -> 56);
  }

  @Override
  public Set<String> logs() {
    return Set.of("conn");
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    Party source = record.originator();
    Party target = record.responder();
    boolean leaves = target.isExternal() && !source.isExternal();
    boolean isAnswer = source.isExternal() && !target.isExternal();
    if (!leaves && !isAnswer) {
      return;
    }
    Party sender = leaves ? source : target;
    long bytes = record.number(leaves ? "orig_bytes" : "resp_bytes");
    if (bytes <= 0) {
      return;
    }
    long now = record.timeNs();
    Volume volume = Tables.used(workloads, sender.key(), now);
    if (volume == null) {
      volume = new Volume();
      volume.sinceNs = now;
      workloads.put(sender.key(), volume, now);
    }
    if (now - volume.sinceNs > WINDOW_NS) {
      volume.usual = Math.max((double) volume.bytes, volume.usual * 0.999);
      volume.bytes = 0;
      volume.sinceNs = now;
      volume.raised = false;
    }
    volume.bytes += bytes;
    boolean much =
        volume.bytes >= settings.volumeBytesMin()
            && volume.bytes > volume.usual * settings.volumeFactor();
    if (learning.isOver(sender, now) && much && !volume.raised && leaves) {
      volume.raised = true;
      findings.raise(
          ClusterNotice.VOLUME_OUT,
          sender.name() + " sent " + volume.bytes + " bytes outside in ten minutes",
          "usually at most " + Math.round(volume.usual) + ", the last ones to " + target.address(),
          record,
          sender,
          target,
          sender.key());
    }
  }

  @Override
  public List<StateTable> tables() {
    return List.of(workloads);
  }
}
