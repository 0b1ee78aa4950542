/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.catalog.Detections;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every detection that runs by default remembers of 2,000 workloads and 100,000 pairs of them
 * and of destinations outside.
 */
class StateBoundsTest {

  private static final int WORKLOADS = 2_000;
  private static final int PAIRS = 100_000;
  private static final long BYTES_MAX = 64 << 20;
  private static final long START_NS = 1_700_000_000_000_000_000L;

  private static String pod(int number) {
    return "10." + number / 250 / 250 + '.' + number / 250 % 250 + '.' + number % 250;
  }

  private static String outside(int number) {
    return "203." + number / 250 / 250 % 250 + '.' + number / 250 % 250 + '.' + number % 250;
  }

  private static String workload(String address) {
    return address.startsWith("10.") ? "namespace/Deployment/workload-of-" + address : "";
  }

  private final NoticeRun.CountingSink sink = new NoticeRun.CountingSink(new HashMap<>());
  private final NoticeStage stage =
      new NoticeStage(
          Detections.all(),
          new NoticeSettings(Set.of(), Map.of(), /* exceptions= */ null, /* folder= */ null),
          sink,
          (address, _) -> workload(address),
          List.of());
  private long nowNs = START_NS;

  private MapRecord record(String log, String from, String to, int port) {
    nowNs += 1_000_000;
    return new MapRecord(log, nowNs)
        .with("ts", nowNs)
        .with("uid", "C" + nowNs)
        .with("proto", "tcp")
        .with("id.orig_h", from)
        .with("id.orig_p", 40_000L)
        .with("id.resp_h", to)
        .with("id.resp_p", (long) port);
  }

  private void take(LogRecord logged) {
    stage.onRecord(stage.handlers(logged.log()), logged);
  }

  private static boolean isInside(int number) {
    return number % 2 == 0;
  }

  private static String target(int number) {
    int other = number / WORKLOADS * 41 + number + 1;
    return isInside(number) ? pod(other % WORKLOADS) : outside(number);
  }

  private static int port(int number) {
    return isInside(number) ? 1_000 + number / WORKLOADS : 443;
  }

  private void connect(int number) {
    take(record("connection_established", pod(number % WORKLOADS), target(number), port(number)));
  }

  /** One pair: a lookup, a connection, a login, a request and a failure. */
  private void pair(int number) {
    String source = pod(number % WORKLOADS);
    boolean isInside = isInside(number);
    String target = target(number);
    int port = port(number);
    if (!isInside) {
      take(
          record("dns", source, pod(1), 53)
              .with("query", "host-" + number + ".service-" + number + ".example")
              .with("answers", List.of(target)));
    }
    take(record("connection_established", source, target, port));
    take(record("connection_rejected", source, target, port + 1));
    take(
        record("http_software", source, target, port)
            .with("is_orig", 1L)
            .with("name", "USER-AGENT")
            .with("value", "agent-" + number + "/1." + number));
    take(
        record("x509", source, target, port)
            .with("fingerprint", "f".repeat(56) + number)
            .with("certificate.subject", "CN=server-" + number)
            .with("certificate.issuer", "CN=issuer")
            .with("certificate.serial", Integer.toString(number))
            .with("certificate.not_valid_before", START_NS - 1)
            .with("certificate.not_valid_after", Long.MAX_VALUE));
    take(
        record("ssl", source, target, port)
            .with("established", 1L)
            .with("cert_chain_fps", List.of("f".repeat(56) + number)));
    take(
        record("http", source, target, port)
            .with("method", "POST")
            .with("uri", "/login")
            .with("status_code", 401L));
    take(
        record("conn", source, target, port)
            .with("conn_state", "SF")
            .with("history", "ShADadFf")
            .with("service", "http")
            .with("orig_bytes", 300L + number % 7)
            .with("resp_bytes", 900L)
            .with("resp_pkts", 5L));
  }

  @Test
  void staysWithinItsBytesAndCountsWhatLeaves() {
    for (int i = 0; i < PAIRS; i++) {
      pair(i);
    }
    assertThat(stage.heldBytes()).isLessThan(BYTES_MAX);
    NoticeCounts counts = stage.counts();
    assertThat(counts.heldBytes()).isEqualTo(stage.heldBytes());
    assertThat(counts.evicted()).isEqualTo(stage.evicted());
    long evictedOfPairs = counts.evicted();
    for (int i = PAIRS; i < 3 * PAIRS; i++) {
      pair(i);
    }
    assertThat(stage.heldBytes()).isLessThan(BYTES_MAX + (16 << 20));
    assertThat(stage.evicted()).isGreaterThan(evictedOfPairs);
    assertThat(sink.counts().get("known_services")).isGreaterThan(1_000);
  }

  /** A table that forgets what is usual would find everything new. */
  @Test
  void pairsThatWereLearnedAreNotNewAfterwards() {
    for (int i = 0; i < PAIRS; i++) {
      connect(i);
    }
    nowNs += Duration.ofDays(2).toNanos();
    for (int i = 0; i < PAIRS; i++) {
      connect(i);
    }
    assertThat(stage.counts().raised().get("Cluster::New_Edge")).isZero();
    assertThat(stage.counts().raised().get("Cluster::New_External_Destination")).isZero();
    take(record("connection_established", pod(1), pod(2), 9_999));
    assertThat(stage.counts().raised().get("Cluster::New_Edge")).isEqualTo(1);
  }
}
