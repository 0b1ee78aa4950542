/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.requests;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one connection asked for, and how often. Small until it asks; one thread. */
public final class RequestCounts {

  /** Kinds that are told apart; all others count together. */
  private static final int KINDS_MAX = 32;

  private static final String OTHER = "other";
  private static final int CLIENT_MAX = 128;

  private final HeapAccount account;
  private final Flow flow;
  private final long timeNs;
  private final List<String> kinds = new ArrayList<>(4);
  private long[] counts = new long[4];
  private long total;
  private long missedBytes;
  private boolean isComplete;
  private @Nullable String client;
  String service = "";

  RequestCounts(HeapAccount account, Flow flow, long timeNs) {
    this.account = account;
    this.flow = flow;
    this.timeNs = timeNs;
    this.isComplete = !flow.partial;
  }

  /**
   * Counts one request.
   *
   * @param kind from the protocol's own words, bounded in length
   */
  public void add(String kind) {
    total++;
    int index = kinds.indexOf(kind);
    if (index < 0) {
      index = place(kinds.size() < KINDS_MAX - 1 ? kind : OTHER);
    }
    counts[index]++;
  }

  private int place(String kind) {
    int index = kinds.indexOf(kind);
    if (index < 0) {
      index = kinds.size();
      kinds.add(kind);
      account.take(HeapSize.text(kind) + 2 * Long.BYTES);
      counts = index < counts.length ? counts : Arrays.copyOf(counts, 2 * index);
    }
    return index;
  }

  /** Notes that bytes were lost, or passed over, in which requests may have been. */
  public void missed(long bytes) {
    missedBytes += bytes;
    isComplete = false;
  }

  /** Notes how the client calls itself; the first name stays. */
  public void client(String name) {
    if (client == null && !name.isEmpty()) {
      client = name.length() > CLIENT_MAX ? name.substring(0, CLIENT_MAX) : name;
      account.take(HeapSize.text(client));
    }
  }

  long total() {
    return total;
  }

  static LogSchema<RequestCounts> schema() {
    return LogSchema.<RequestCounts>named(
            "requests", "One record for each connection of Kafka, MongoDB or AMQP that asked.")
        .time("ts", "When the connection's first bytes came.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("service", "The protocol, as in conn.log.", row -> row.service)
        .wire("client", "How the client calls itself.", row -> row.client)
        .count("requests", "How many were seen.", row -> row.total)
        .wireList("kinds", "What was asked for, each kind once.", row -> row.kinds)
        .countList("counts", "How often, one for each kind.", RequestCounts::counts)
        .bool(
            "complete",
            "Whether all requests of the connection were seen: from its beginning, without a gap.",
            row -> row.isComplete ? 1 : 0)
        .count(
            "missed_bytes",
            "Bytes that were lost, or came before the first message that was understood; how many"
                + " requests were in them is unknown.",
            row -> row.missedBytes)
        .build();
  }

  private static boolean counts(RequestCounts row, LineBuffer out) {
    for (int i = 0; i < row.kinds.size(); i++) {
      if (i > 0) {
        out.put(TextSource.SEPARATOR);
      }
      out.decimal(row.counts[i]);
    }
    return true;
  }
}
