/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.content.CommandText;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shells: from the originator, from the responder, and behind a page. */
final class Shells implements Watcher {

  private static final long OK = 200;

  @Override
  public Set<String> logs() {
    return Set.of("content", "http");
  }

  @Override
  public @Nullable RecordFilter filter(String log) {
    return log.equals("http")
        ? record ->
            record.number("status_code") == OK && record.textOrEmpty("uri").indexOf('?') >= 0
        : null;
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    if (record.log().equals("http")) {
      onRequest(record, findings);
      return;
    }
    Party source = record.originator();
    Party target = record.responder();
    boolean fromOriginator = record.number("is_orig") == 1;
    switch (record.text("kind")) {
      case "shell" -> {
        ClusterNotice kind =
            fromOriginator ? ClusterNotice.REVERSE_SHELL : ClusterNotice.BIND_SHELL;
        raise(
            record,
            findings,
            kind,
            fromOriginator
                ? source.name() + " gave " + target.name() + " a shell"
                : source.name() + " got a shell of " + target.name(),
            record.text("text"));
      }
      case "command_output" ->
          raise(
              record,
              findings,
              ClusterNotice.WEB_SHELL,
              "a page of "
                  + target.name()
                  + " showed "
                  + source.name()
                  + " the output of a command",
              record.text("text"));
      case "command" -> executes(record, findings, record.text("text"));
      default -> {} // other detections
    }
  }

  private static void onRequest(RecordView record, FindingHandler findings) {
    String uri = record.text("uri");
    boolean maybe = record.number("status_code") == OK && uri.indexOf('?') >= 0;
    if (maybe && CommandText.find(uri) != null) {
      executes(record, findings, uri);
    }
  }

  private static void executes(RecordView record, FindingHandler findings, String command) {
    raise(
        record,
        findings,
        ClusterNotice.WEB_SHELL,
        record.originator().name() + " had " + record.responder().name() + " execute a command",
        command);
  }

  private static void raise(
      RecordView record,
      FindingHandler findings,
      ClusterNotice kind,
      String message,
      String detail) {
    Party source = record.originator();
    Party target = record.responder();
    String identifier = source.key() + ' ' + target.key();
    findings.raise(kind, message, detail, record, source, target, identifier);
  }
}
