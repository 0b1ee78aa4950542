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
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Workloads that were attacked, and then attack others: notices in, notices out. */
final class Movement implements Watcher {

  private static final long MOVING_NS_MAX = Duration.ofHours(6).toNanos();

  /** Notices whose destination was attacked. */
  private static final Set<String> ON_DESTINATION =
      Set.of(
          "Cluster::JNDI_Lookup",
          "Cluster::Web_Shell",
          "Cluster::Bind_Shell",
          "HTTP::SQL_Injection_Victim",
          "Scan::Port_Scan",
          "Cluster::Password_Guessing");

  /** Notices whose source is under somebody's control. */
  private static final Set<String> ON_SOURCE =
      Set.of("Cluster::JNDI_Callback", "Cluster::Reverse_Shell");

  /** Notices whose source attacks. */
  private static final Set<String> ATTACKS =
      Set.of(
          "Scan::Address_Scan",
          "Scan::Port_Scan",
          "Scan::Random_Scan",
          "SSH::Password_Guessing",
          "FTP::Bruteforcing",
          "HTTP::SQL_Injection_Attacker",
          "Cluster::Password_Guessing",
          "Cluster::JNDI_Lookup");

  private final AgeTable<String, String> attacked;

  Movement(ClusterSettings settings) {
    attacked = new AgeTable<>(settings.tableBytesMax() / 8, MOVING_NS_MAX, text -> text.length());
  }

  @Override
  public Set<String> logs() {
    return Set.of("notice");
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    String note = record.text("note");
    long now = record.timeNs();
    Party source = record.originator();
    Party target = record.responder();
    if (ATTACKS.contains(note) && !source.address().isEmpty()) {
      String before = attacked.get(source.key(), now);
      if (before != null) {
        findings.raise(
            ClusterNotice.LATERAL_MOVEMENT,
            source.name() + " was attacked and attacks others",
            before + ", then " + note,
            record,
            source,
            target.address().isEmpty() ? null : target,
            source.key());
      }
    }
    if (ON_SOURCE.contains(note)) {
      note(source, note, now);
    } else if (ON_DESTINATION.contains(note)) {
      note(target, note, now);
    }
  }

  private void note(Party party, String note, long now) {
    if (!party.address().isEmpty() && !party.isExternal()) {
      attacked.put(party.key(), note, now);
    }
  }

  @Override
  public List<StateTable> tables() {
    return List.of(attacked);
  }
}
