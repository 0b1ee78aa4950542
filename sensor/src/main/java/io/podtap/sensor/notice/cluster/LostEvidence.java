/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.ConnectionRecords;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Tables;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Taps that lose more than their share between two reports, in their kernel or on the way, and pods
 * whose tap shows nothing of them any more.
 */
final class LostEvidence implements Watcher {

  private static final long IDLE_NS_MAX = Duration.ofHours(6).toNanos();

  /** Packets between two looks from which a share says something. */
  private static final long PACKETS_MIN = 200;

  /** Connections with a pod that others saw, in which its own tap must have shown some. */
  private static final int SILENT_CONNECTIONS = 10;

  private static final long SILENT_NS = Duration.ofSeconds(60).toNanos();

  private final int percent;
  private final AgeTable<String, Counts> taps;
  private final AgeTable<String, String> tapOfAddress;

  private static final class Counts {
    long seen;
    long dropped;
    long sent;
    long lost;
    long heardNs;
    int missed;
    boolean stopped;
  }

  /**
   * @param percent packets in a hundred whose loss is allowed
   */
  LostEvidence(int percent, long tableBytesMax) {
    this.percent = percent;
    taps = new AgeTable<>(tableBytesMax / 2, IDLE_NS_MAX, _ -> 72);
    tapOfAddress = new AgeTable<>(tableBytesMax / 2, IDLE_NS_MAX, AgeTable::bytesOf);
  }

  @Override
  public Set<String> logs() {
    return Set.of("tap", "conn");
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    if (record.log().equals("tap")) {
      onReport(record, findings);
    } else {
      onConnection(record, findings);
    }
  }

  private void onReport(RecordView record, FindingHandler findings) {
    String id = record.text("tap.id");
    long now = record.timeNs();
    Counts before = Tables.used(taps, id, now);
    if (before == null) {
      before = new Counts();
      before.heardNs = now;
      taps.put(id, before, now);
    }
    String address = record.text("tap.address");
    if (!address.isEmpty() && !id.equals(Tables.used(tapOfAddress, address, now))) {
      tapOfAddress.put(address, id, now);
    }
    before.stopped = record.text("tap.state").equals("stop");
    long seen = count(record, "seen");
    long dropped = count(record, "dropped");
    long sent = count(record, "sent_here");
    long lost = count(record, "lost");
    if (sent < before.sent || seen < before.seen) { // restarted
      before.seen = 0;
      before.dropped = 0;
      before.sent = 0;
      before.lost = 0;
    }
    if (seen - before.seen >= PACKETS_MIN || sent - before.sent >= PACKETS_MIN) {
      judge(
          record, findings, "dropped by the kernel", dropped - before.dropped, seen - before.seen);
      judge(record, findings, "lost on the way", lost - before.lost, sent - before.sent);
      before.seen = seen;
      before.dropped = dropped;
      before.sent = sent;
      before.lost = lost;
    }
  }

  private static long count(RecordView record, String field) {
    return Math.max(0, record.number(field));
  }

  private void judge(RecordView record, FindingHandler findings, String how, long lost, long all) {
    if (lost * 100 > all * percent && lost > 1) {
      Party tapped = record.originator();
      findings.raise(
          ClusterNotice.LOST_EVIDENCE,
          lost + " of " + all + " packets of the tap at " + tapped.name() + " were " + how,
          "tap " + record.text("tap.id"),
          record,
          tapped,
          null,
          record.text("tap.id") + ' ' + how);
    }
  }

  private void onConnection(RecordView record, FindingHandler findings) {
    if (tapOfAddress.size() == 0) {
      return;
    }
    look(record, findings, record.originator(), record.responder());
    look(record, findings, record.responder(), record.originator());
  }

  private void look(RecordView record, FindingHandler findings, Party pod, Party peer) {
    long now = record.timeNs();
    String id = tapOfAddress.get(pod.address(), now);
    if (id == null) {
      return;
    }
    Counts tap = Tables.used(taps, id, now);
    if (tap == null || record.text("tap.id").isEmpty()) {
      return;
    }
    boolean shown = record.text("tap.id").equals(id) || record.texts("tap.also").contains(id);
    if (shown) {
      tap.heardNs = Math.max(tap.heardNs, now);
      tap.missed = 0;
    } else if (ConnectionRecords.isEstablished(record) && now > tap.heardNs && !tap.stopped) {
      tap.missed++;
      if (tap.missed >= SILENT_CONNECTIONS && now - tap.heardNs > SILENT_NS) {
        tap.missed = 0;
        findings.raise(
            ClusterNotice.TAP_SILENT,
            "the tap of " + pod.name() + " shows nothing, while " + peer.name() + " talks to it",
            "tap " + id,
            record,
            pod,
            peer,
            id);
      }
    }
  }

  @Override
  public List<StateTable> tables() {
    return List.of(taps, tapOfAddress);
  }
}
