/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import java.util.Map;

/**
 * What became of findings, at one moment.
 *
 * @param raised by kind, every kind that may be raised
 * @param suppressed findings that an earlier notice stands for
 * @param excepted findings that an exception covers
 * @param evicted entries of state that were given up because a table was full
 * @param heldBytes what detections remember, an estimate
 * @param webhook deliveries to the webhook, by outcome
 * @param events Kubernetes Events, by outcome
 */
public record NoticeCounts(
    Map<String, Long> raised,
    long suppressed,
    long excepted,
    long evicted,
    long heldBytes,
    Map<String, Long> webhook,
    Map<String, Long> events) {

  public NoticeCounts {
    raised = Map.copyOf(raised);
    webhook = Map.copyOf(webhook);
    events = Map.copyOf(events);
  }

  /** Declares them. */
  public static MetricGroup<NoticeCounts> metrics(String prefix) {
    return MetricGroup.<NoticeCounts>of(prefix, "notices, where detections run", "notices")
        .counters("notices", "note", "Notices, by kind.")
        .values("raised", NoticeCounts::raised)
        .counters("notice_findings_left_out", "cause", "Findings that became no notice, by cause.")
        .value("suppressed", NoticeCounts::suppressed)
        .means("Findings that an earlier notice stands for.")
        .value("exception", NoticeCounts::excepted)
        .means("Findings that an exception covers.")
        .as("excepted")
        .counter(
            "notice_state_evicted",
            "Entries of detections' state that were evicted because a table was full.",
            NoticeCounts::evicted)
        .as("evicted")
        .gauge(
            "notice_state",
            MetricUnit.BYTES,
            "Heap that detections' state is estimated to take.",
            NoticeCounts::heldBytes)
        .as("bytes")
        .counters("notice_webhook", "fate", "Deliveries to the webhook, by outcome.")
        .values("webhook", NoticeCounts::webhook)
        .counters("notice_events", "fate", "Kubernetes Events of notices, by outcome.")
        .values("events", NoticeCounts::events)
        .build();
  }
}
