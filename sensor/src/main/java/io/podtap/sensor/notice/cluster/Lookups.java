/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.content.JndiText;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.ConnectionRecords;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JNDI lookups in requests, and connections to the servers that they name. */
final class Lookups implements Watcher {

  private static final long CALLBACK_NS_MAX = Duration.ofMinutes(30).toNanos();

  private final AgeTable<String, String> targets;

  /** Read by filters of every thread; never cleared. */
  private volatile boolean isAnyTarget;

  Lookups(ClusterSettings settings) {
    targets = new AgeTable<>(settings.tableBytesMax() / 4, CALLBACK_NS_MAX, text -> text.length());
  }

  @Override
  public Set<String> logs() {
    return Set.of("content", "conn", "ldap", "dns", "http", ConnectionRecords.ESTABLISHED);
  }

  @Override
  public @Nullable RecordFilter filter(String log) {
    return switch (log) {
      case "dns" -> _ -> isAnyTarget;
      case "http" -> record -> record.textOrEmpty("username").indexOf('$') >= 0;
      default -> null;
    };
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    switch (record.log()) {
      case "content" -> {
        if (record.text("kind").equals("jndi")) {
          onLookup(record, record.text("text"), findings);
        }
      }
      case "http" -> {
        String user = record.text("username"); // which was in Base64, up to the first colon
        String lookup = user.indexOf('$') < 0 ? null : JndiText.find(user + ':');
        if (lookup != null) {
          onLookup(record, lookup, findings);
        }
      }
      case "dns" -> onName(record, findings);
      default -> onConnection(record, findings);
    }
  }

  private void onLookup(RecordView record, String lookup, FindingHandler findings) {
    Party source = record.originator();
    Party target = record.responder();
    String server = JndiText.target(lookup);
    if (server != null) {
      targets.put(host(server), target.name(), record.timeNs());
      isAnyTarget = true;
    }
    findings.raise(
        ClusterNotice.JNDI_LOOKUP,
        source.name() + " sent a JNDI lookup to " + target.name(),
        lookup,
        record,
        source,
        target,
        source.key() + ' ' + target.key() + ' ' + (server == null ? "" : server));
  }

  /** Returns the host of a server, without port and brackets. */
  static String host(String server) {
    if (server.startsWith("[")) {
      int end = server.indexOf(']');
      return end < 0 ? server : server.substring(1, end);
    }
    int colon = server.indexOf(':');
    return colon < 0 ? server : server.substring(0, colon);
  }

  /** A name that a lookup contains is resolved: by that alone, data can leave. */
  private void onName(RecordView record, FindingHandler findings) {
    if (targets.size() > 0) {
      String query = record.text("query");
      String victim = query.isEmpty() ? null : targets.get(query, record.timeNs());
      if (victim != null) {
        for (String answer : record.texts("answers")) {
          targets.put(answer, victim, record.timeNs());
        }
        raise(record, findings, victim, "looked up " + query, query);
      }
    }
  }

  private void onConnection(RecordView record, FindingHandler findings) {
    if (targets.size() == 0) {
      return;
    }
    String address = record.responder().address();
    String victim = targets.get(address, record.timeNs());
    if (victim != null) {
      raise(record, findings, victim, "connected to " + record.responder().name(), address);
    }
  }

  private static void raise(
      RecordView record,
      FindingHandler findings,
      @Nullable String victim,
      String does,
      String server) {
    Party source = record.originator();
    findings.raise(
        ClusterNotice.JNDI_CALLBACK,
        source.name() + ' ' + does + ", which a JNDI lookup named",
        "lookup sent to " + victim + ", port " + record.number("id.resp_p"),
        record,
        source,
        record.responder(),
        source.key() + ' ' + server);
  }

  @Override
  public List<StateTable> tables() {
    return List.of(targets);
  }
}
