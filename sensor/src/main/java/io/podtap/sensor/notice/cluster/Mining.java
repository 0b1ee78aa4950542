/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.filter.RememberedTest;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Mining: its protocols in clear text, and the names of pools in DNS and TLS. */
final class Mining implements Watcher {

  private static final List<String> POOLS =
      List.of(
          "2miners.com",
          "antpool.com",
          "braiins.com",
          "c3pool.",
          "dwarfpool.com",
          "ethermine.org",
          "f2pool.com",
          "flypool.org",
          "hashvault.pro",
          "herominers.com",
          "kryptex.network",
          "luxor.tech",
          "minergate.com",
          "minexmr.com",
          "miningocean.org",
          "miningpoolhub.com",
          "moneroocean.stream",
          "monerohash.com",
          "nanopool.org",
          "nicehash.com",
          "p2pool.io",
          "poolin.com",
          "prohashing.com",
          "slushpool.com",
          "supportxmr.com",
          "unmineable.com",
          "viabtc.com",
          "xmrpool.",
          "zpool.ca",
          "zergpool.com");

  private final RememberedTest pools = new RememberedTest(Mining::isPool);

  @Override
  public Set<String> logs() {
    return Set.of("content", "dns", "ssl", "http");
  }

  @Override
  public @Nullable RecordFilter filter(String log) {
    String name =
        switch (log) {
          case "dns" -> "query";
          case "ssl" -> "server_name";
          case "http" -> "host";
          default -> "";
        };
    if (name.isEmpty()) {
      return record -> record.textOrEmpty("kind").equals("mining");
    }
    RememberedTest isPool = new RememberedTest(Mining::isPool);
    return record -> isPool.test(record.textOrEmpty(name));
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    Party source = record.originator();
    switch (record.log()) {
      case "content" -> {
        if (record.text("kind").equals("mining")) {
          raise(record, findings, "mines at " + record.responder().name(), record.text("text"));
        }
      }
      case "dns" -> {
        String query = record.text("query");
        if (pools.test(query) && !source.isExternal()) {
          raise(
              record,
              findings,
              "looked up the mining pool " + query,
              String.join(", ", record.texts("answers")));
        }
      }
      case "ssl", "http" -> {
        String name = record.text(record.log().equals("ssl") ? "server_name" : "host");
        if (pools.test(name)) {
          raise(record, findings, "connected to the mining pool " + name, name);
        }
      }
      default -> throw new IllegalStateException(record.log());
    }
  }

  private static void raise(
      RecordView record, FindingHandler findings, String does, String detail) {
    Party source = record.originator();
    String identifier = source.key() + ' ' + record.responder().address();
    findings.raise(
        ClusterNotice.MINING,
        source.name() + ' ' + does,
        detail,
        record,
        source,
        record.responder(),
        identifier);
  }

  /** Returns whether a name is one of a public pool, or says that it is one. */
  static boolean isPool(String name) {
    if (name.isEmpty()) {
      return false;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("stratum.")
        || lower.startsWith("stratum+")
        || lower.contains(".stratum.")) {
      return true;
    }
    for (String pool : POOLS) {
      int at = lower.indexOf(pool);
      if (at == 0 || (at > 0 && (lower.charAt(at - 1) == '.' || lower.charAt(at - 1) == '-'))) {
        return pool.endsWith(".") || at + pool.length() == lower.length();
      }
    }
    return false;
  }
}
