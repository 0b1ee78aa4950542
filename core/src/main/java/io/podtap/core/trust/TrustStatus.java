package io.podtap.core.trust;

import io.podtap.core.metrics.MetricsText;
import io.podtap.core.text.PlainText;
import java.time.Instant;
import java.util.EnumMap;
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
        unreadable.isEmpty() ? "" : "certificates were not taken over: " + PlainText.of(unreadable);
    return ended + (ended.isEmpty() || unread.isEmpty() ? "" : "\n") + unread;
  }

  /** Adds this as metrics. */
  public void metrics(MetricsText out) {
    out.gauge(
            "certificate_expiry_seconds",
            "Time until this side's certificate ends, below 0 when it has.")
        .value(end.getEpochSecond() - now.getEpochSecond());
    out.gauge("certificate_problem", "What is wrong with this side's certificate files.")
        .value("what", "ended", isEnded() ? 1 : 0)
        .value("what", "unreadable", unreadable.isEmpty() ? 0 : 1);
    out.counter("peers_refused_total", "Certificates of peers that were not trusted, by why.");
    Map<PeerRefusal, Long> all = new EnumMap<>(PeerRefusal.class);
    for (PeerRefusal refusal : PeerRefusal.values()) {
      all.put(refusal, refused.getOrDefault(refusal, 0L));
    }
    all.forEach((refusal, count) -> out.value("why", refusal.label(), count));
  }
}
