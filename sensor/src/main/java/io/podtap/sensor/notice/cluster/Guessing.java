/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Failed logins at Redis, PostgreSQL, MySQL, LDAP and HTTP, by pair of workloads. */
final class Guessing implements Watcher {

  private static final long UNAUTHORIZED = 401;
  private static final long FORBIDDEN = 403;

  private final int guesses;
  private final AgeTable<String, int[]> failures;

  /**
   * @param guesses failed logins that are guessing
   * @param windowNs in which they must come, nanoseconds
   */
  Guessing(int guesses, long windowNs, long tableBytesMax) {
    this.guesses = Math.max(1, guesses);
    failures = new AgeTable<>(tableBytesMax / 4, windowNs, _ -> 24);
  }

  @Override
  public Set<String> logs() {
    return Set.of("redis", "postgresql", "mysql", "ldap", "http");
  }

  @Override
  public @Nullable RecordFilter filter(String log) {
    return switch (log) {
      case "http" ->
          record -> {
            long status = record.number("status_code");
            return status == UNAUTHORIZED || status == FORBIDDEN;
          };
      case "redis" -> record -> record.number("success") == 0;
      case "postgresql" -> record -> record.textOrEmpty("backend").endsWith("error");
      default -> null;
    };
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    if (!isFailure(record)) {
      return;
    }
    long now = record.timeNs();
    Party source = record.originator();
    Party target = record.responder();
    String key = source.key() + ' ' + target.key() + ' ' + record.log();
    int[] count = failures.get(key, now);
    if (count == null) {
      count = new int[1];
      failures.put(key, count, now);
    }
    if (++count[0] % guesses == 0) {
      findings.raise(
          ClusterNotice.PASSWORD_GUESSING,
          source.name() + " failed to log in at " + target.name() + ' ' + count[0] + " times",
          record.log(),
          record,
          source,
          target,
          key);
    }
  }

  private static boolean isFailure(RecordView record) {
    return switch (record.log()) {
      case "redis" ->
          record.number("success") == 0
              && (isWord(record, "cmd.name", "AUTH")
                  || (isWord(record, "cmd.name", "HELLO")
                      && record.text("reply.value").contains("WRONGPASS")));
      case "postgresql" ->
          record.text("backend").endsWith("error")
              && (record.text("backend_arg").contains("Code=28P01")
                  || record.text("backend_arg").contains("Code=28000")
                  || record.text("backend_arg").contains("authentication failed"));
      case "mysql" -> record.text("response").contains("Access denied");
      case "ldap" ->
          record.text("opcode").startsWith("bind")
              && record.text("result").equals("invalid credentials");
      case "http" -> isRefusedPage(record);
      default -> throw new IllegalStateException(record.log());
    };
  }

  private static boolean isWord(RecordView record, String field, String word) {
    return record.text(field).equalsIgnoreCase(word);
  }

  private static boolean isRefusedPage(RecordView record) {
    long status = record.number("status_code");
    if (status != UNAUTHORIZED && status != FORBIDDEN) {
      return false;
    }
    if (!record.text("username").isEmpty()) {
      return true;
    }
    String uri = record.text("uri").toLowerCase(Locale.ROOT);
    return record.text("method").equals("POST")
        && (uri.contains("login") || uri.contains("signin") || uri.contains("auth"));
  }

  @Override
  public List<StateTable> tables() {
    return List.of(failures);
  }
}
