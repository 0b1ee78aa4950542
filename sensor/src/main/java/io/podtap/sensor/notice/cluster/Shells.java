/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Shells: from the originator, from the responder, and behind a page. */
final class Shells implements Watcher {

  /** A parameter that is called a command and has one for its value. */
  private static final Pattern COMMAND =
      Pattern.compile(
          "[?&](?:cmd|exec|command|execute|shell|run|c|0)=(?:/bin/|/usr/bin/)?"
              + "(?:id|whoami|uname|hostname|ifconfig|netstat|cat|ls|ps|pwd|wget|curl|nc|bash|sh|powershell|type|dir|net)(?:$|["
              + " +&;|]|%20|%3b|%7c)");

  @Override
  public Set<String> logs() {
    return Set.of("content", "http");
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
      default -> {} // other detections
    }
  }

  private static void onRequest(RecordView record, FindingHandler findings) {
    String uri = record.text("uri");
    boolean maybe = record.number("status_code") == 200 && uri.indexOf('?') >= 0;
    if (maybe && COMMAND.matcher(uri.toLowerCase(Locale.ROOT)).find()) {
      raise(
          record,
          findings,
          ClusterNotice.WEB_SHELL,
          record.originator().name() + " had " + record.responder().name() + " execute a command",
          uri);
    }
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
