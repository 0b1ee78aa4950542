/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.filter.RememberedTest;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.RegisteredDomain;
import io.podtap.sensor.notice.workload.Watcher;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Data in names: very many different long names below one registered domain, asked by one workload.
 * Names of the cluster and searches for them are left out.
 */
final class DnsTunnels implements Watcher {

  private static final long WINDOW_NS = Duration.ofMinutes(10).toNanos();

  /** Characters in front of the registered domain that data need; names of machines have fewer. */
  private static final int LENGTH_MIN = 18;

  /** So long are names that are full of data; of these, a third is enough. */
  private static final int FULL_LENGTH_MIN = 60;

  /** The domain of names that have none, as tools use that ask their own server directly. */
  private static final String NO_DOMAIN = "no domain";

  private static final int TOP_LEVEL_LENGTH_MAX = 24;

  private final int namesMin;
  private final AgeTable<String, Names> domains;

  /** Hashes of different names, and how long these are together. */
  private static final class Names {
    long sinceNs;
    long[] hashes = new long[8];
    int count;
    long length;

    boolean add(long hash) {
      for (int i = 0; i < count; i++) {
        if (hashes[i] == hash) {
          return false;
        }
      }
      if (count == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * count);
      }
      hashes[count++] = hash;
      return true;
    }

    void begin(long now) {
      sinceNs = now;
      count = 0;
      length = 0;
      hashes = new long[8];
    }

    int bytes() {
      return 64 + Long.BYTES * hashes.length;
    }
  }

  /**
   * @param namesMin different names that are a tunnel
   */
  DnsTunnels(int namesMin, long tableBytesMax) {
    this.namesMin = namesMin;
    domains = new AgeTable<>(tableBytesMax, WINDOW_NS, Names::bytes);
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
    String query = record.text("query");
    if (query.isEmpty() || RegisteredDomain.isOfCluster(query)) {
      return;
    }
    String domain = isTopLevel(query) ? RegisteredDomain.of(query) : NO_DOMAIN;
    int length = query.length() - (domain.equals(NO_DOMAIN) ? 0 : domain.length());
    if (length < 3) {
      return;
    }
    long now = record.timeNs();
    Party source = record.originator();
    String key = source.key() + ' ' + domain;
    Names names = domains.get(key, now);
    if (names == null) {
      names = new Names();
      names.begin(now);
      domains.put(key, names, now);
    } else if (now - names.sinceNs > WINDOW_NS) {
      names.begin(now);
    }
    if (!names.add(hash(query))) {
      return;
    }
    names.length += length + answered(record);
    domains.resized(key);
    long mean = names.length / names.count;
    if ((names.count >= namesMin && mean >= LENGTH_MIN)
        || (names.count >= (namesMin + 2) / 3 && mean >= FULL_LENGTH_MIN)) {
      findings.raise(
          ClusterNotice.DNS_TUNNEL,
          source.name() + " asked for " + names.count + " different names below " + domain,
          "the last one: " + query,
          record,
          source,
          record.responder(),
          key);
      names.begin(now);
    }
  }

  /** Returns how many characters the answers carry that are free text; data can go either way. */
  private static int answered(RecordView record) {
    int sum = 0;
    if (record.text("qtype_name").equals("TXT")) {
      for (String answer : record.texts("answers")) {
        sum += answer.length();
      }
    }
    return sum;
  }

  /** Returns whether a name ends as those that are registered do, with letters or as punycode. */
  private static boolean isTopLevel(String name) {
    int end = name.endsWith(".") ? name.length() - 1 : name.length();
    int start = name.lastIndexOf('.', end - 1) + 1;
    if (end - start > TOP_LEVEL_LENGTH_MAX) {
      return false;
    }
    if (name.startsWith("xn--", start)) {
      return true;
    }
    for (int i = start; i < end; i++) {
      if (!Character.isLetter(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static long hash(String text) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    return hash;
  }

  @Override
  public List<StateTable> tables() {
    return List.of(domains);
  }
}
