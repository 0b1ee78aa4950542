/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Credentials, tokens and Secrets that cross the network in clear text. */
final class ClearText implements Watcher {

  @Override
  public Set<String> logs() {
    return Set.of("content", "http", "ftp", "redis", "postgresql", "ldap", "socks");
  }

  @Override
  public @Nullable RecordFilter filter(String log) {
    return switch (log) {
      case "http" -> record -> record.text("username") != null;
      case "redis" -> record -> record.textOrEmpty("cmd.name").equalsIgnoreCase("AUTH");
      case "postgresql" ->
          record -> record.textOrEmpty("backend_arg").startsWith("CleartextPassword");
      default -> null;
    };
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    if (record.log().equals("content")) {
      onContent(record, findings);
      return;
    }
    String how = how(record);
    if (!how.isEmpty()) {
      Party source = record.originator();
      Party target = record.responder();
      raise(
          record,
          findings,
          ClusterNotice.CLEAR_TEXT_CREDENTIALS,
          source.name() + " sent a password to " + target.name() + " in clear text",
          how,
          record.log());
    }
  }

  private static void onContent(RecordView record, FindingHandler findings) {
    boolean fromOriginator = record.number("is_orig") == 1;
    Party sender = fromOriginator ? record.originator() : record.responder();
    Party receiver = fromOriginator ? record.responder() : record.originator();
    String text = record.text("text");
    switch (record.text("kind")) {
      case "token" ->
          raise(
              record,
              findings,
              ClusterNotice.TOKEN_EXPOSED,
              sender.name()
                  + " sent a service account's token to "
                  + receiver.name()
                  + " in clear text",
              text,
              text);
      case "secret" ->
          raise(
              record,
              findings,
              ClusterNotice.SECRET_EXPOSED,
              sender.name() + " sent a Secret to " + receiver.name() + " in clear text",
              text,
              text);
      default -> {} // other detections
    }
  }

  /** Returns how a password was sent, or an empty text when there is none. */
  private static String how(RecordView record) {
    return switch (record.log()) {
      case "http" -> {
        String user = record.text("username");
        yield user.isEmpty() ? "" : "HTTP, user " + user;
      }
      case "ftp" -> {
        String user = record.text("user");
        boolean guest = user.isEmpty() || user.equals("anonymous") || user.equals("ftp");
        boolean hidden = record.text("password").equals("<hidden>");
        yield guest || !hidden ? "" : "FTP, user " + user;
      }
      case "redis" -> record.text("cmd.name").equalsIgnoreCase("AUTH") ? "Redis" : "";
      case "postgresql" ->
          record.text("backend_arg").startsWith("CleartextPassword")
              ? "PostgreSQL, user " + record.text("user")
              : "";
      case "ldap" ->
          record.text("opcode").equals("bind simple") && !record.text("object").isEmpty()
              ? "LDAP, " + record.text("object")
              : "";
      case "socks" -> {
        String user = record.text("user");
        yield user.isEmpty() ? "" : "SOCKS, user " + user;
      }
      default -> throw new IllegalStateException(record.log());
    };
  }

  private static void raise(
      RecordView record,
      FindingHandler findings,
      ClusterNotice kind,
      String message,
      String detail,
      String what) {
    Party source = record.originator();
    Party target = record.responder();
    String identifier = source.key() + ' ' + target.key() + ' ' + what;
    findings.raise(kind, message, detail, record, source, target, identifier);
  }
}
