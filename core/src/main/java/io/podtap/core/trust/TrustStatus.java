/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import io.podtap.core.text.PlainText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How this side's certificate and its peers' stand, at one moment.
 *
 * @param end when this side's certificate ends
 * @param now the moment
 * @param unreadable why changed files were not taken over, in one line; empty when all were
 * @param refused handshakes with peers that were not trusted, by why
 */
public record TrustStatus(
    Instant end, Instant now, String unreadable, Map<PeerRefusal, Long> refused) {

  public TrustStatus {
    refused = Map.copyOf(refused);
  }

  /** Returns whether the certificate has ended. */
  public boolean isEnded() {
    return now.isAfter(end);
  }

  /** Returns why no peer may trust this side now or soon, a line for each reason, or nothing. */
  public String problem() {
    String ended = isEnded() ? "the certificate ended at " + end : "";
    String unread =
        unreadable.isEmpty() ? "" : "new certificates were rejected: " + PlainText.of(unreadable);
    return ended + (ended.isEmpty() || unread.isEmpty() ? "" : "\n") + unread;
  }

  /**
   * Declares how certificates stand.
   *
   * @param prefix of the program's metrics
   */
  public static MetricGroup<TrustStatus> metrics(String prefix) {
    return MetricGroup.<TrustStatus>of(prefix, "certificates, where streams are encrypted", "")
        .gauge(
            "certificate_expiry",
            MetricUnit.SECONDS,
            "Time until this side's certificate expires, negative once it has.",
            status -> status.end.getEpochSecond() - status.now.getEpochSecond())
        .metricsOnly()
        .gauges("certificate_problem", "what", "Problems with this side's certificate files.")
        .value("ended", status -> status.isEnded() ? 1 : 0)
        .metricsOnly()
        .value("unreadable", status -> status.unreadable.isEmpty() ? 0 : 1)
        .metricsOnly()
        .counters("peers_refused", "why", "Certificates of peers that were not trusted, by reason.")
        .values("", TrustStatus::refusals)
        .build();
  }

  private Map<String, Long> refusals() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (PeerRefusal refusal : PeerRefusal.values()) {
      all.put(refusal.label(), refused.getOrDefault(refusal, 0L));
    }
    return all;
  }
}
