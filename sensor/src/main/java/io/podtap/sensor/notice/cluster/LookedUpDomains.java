/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.filter.RememberedTest;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.RegisteredDomain;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * By which name a workload looked up an address outside: the registered domain, so that the many
 * addresses of one service are one destination. Without a name it is the address's network, /24 or
 * /48.
 */
final class LookedUpDomains implements Watcher {

  private static final long IDLE_NS_MAX = Duration.ofDays(2).toNanos();
  private static final int ANSWERS_MAX = 32;

  private final AgeTable<String, String> names;

  LookedUpDomains(ClusterSettings settings) {
    names = new AgeTable<>(2 * settings.tableBytesMax(), IDLE_NS_MAX, name -> 40 + name.length());
  }

  @Override
  public Set<String> logs() {
    return Set.of("dns");
  }

  @Override
  public @Nullable RecordFilter filter(String log) {
    RememberedTest isOfCluster = new RememberedTest(RegisteredDomain::isOfCluster);
    return record -> !isOfCluster.test(record.textOrEmpty("query"));
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    List<String> answers = record.texts("answers");
    String query = record.text("query");
    if (answers.isEmpty() || query.isEmpty() || RegisteredDomain.isOfCluster(query)) {
      return;
    }
    String domain = RegisteredDomain.of(query);
    for (int i = 0; i < Math.min(ANSWERS_MAX, answers.size()); i++) {
      String answer = answers.get(i);
      if (isAddress(answer)) {
        names.put(record.originator().key() + ' ' + answer, domain, record.timeNs());
      }
    }
  }

  private static boolean isAddress(String answer) {
    return answer.indexOf(':') >= 0
        || (!answer.isEmpty() && Character.isDigit(answer.charAt(answer.length() - 1)));
  }

  /** Returns the name of a destination, as one workload knows it. */
  String of(Party source, Party target, long now) {
    String name = names.get(source.key() + ' ' + target.address(), now);
    return name == null ? network(target.address()) : name;
  }

  static String network(String address) {
    if (address.indexOf(':') < 0) {
      return address.substring(0, address.lastIndexOf('.') + 1) + "0/24";
    }
    int end = -1;
    for (int i = 0; i < 3; i++) {
      int next = address.indexOf(':', end + 1);
      end = next < 0 ? address.length() : next;
    }
    return address.substring(0, end) + "::/48";
  }

  @Override
  public List<StateTable> tables() {
    return List.of(names);
  }

  /** Returns what is remembered. */
  StateTable table() {
    return names;
  }
}
