package io.podtap.tap;

import io.podtap.core.report.TapReport;
import io.podtap.tap.discover.DiscoveryFailure;
import io.podtap.tap.discover.DiscoveryStatus;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What discovery's status is called in metrics and reports. */
final class DiscoveryText {

  private DiscoveryText() {}

  static String name(DiscoveryFailure failure) {
    return failure.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns Prometheus' text. The age grows by up to a minute between two signs of life of a calm
   * watch; -1 stands for never.
   */
  static String metrics(DiscoveryStatus status) {
    StringBuilder out = new StringBuilder();
    line(out, "podtap_tap_discovery_ready", "gauge", "Sensors that are ready, near or far.")
        .append(status.ready());
    line(
            out,
            "podtap_tap_discovery_following",
            "gauge",
            "Whether changes are told: 0 while the API server or DNS is away.")
        .append(status.following() ? 1 : 0);
    line(
            out,
            "podtap_tap_discovery_age_seconds",
            "gauge",
            "Time since the sensors were known to be current.")
        .append(String.format(Locale.ROOT, "%.3f", status.ageSeconds(System.nanoTime())));
    line(out, "podtap_tap_discovery_requests_total", "counter", "Lists, watches and lookups.")
        .append(status.requests());
    out.append("\n# HELP podtap_tap_discovery_failures_total What went wrong, by cause.\n");
    out.append("# TYPE podtap_tap_discovery_failures_total counter\n");
    status
        .failures()
        .forEach((failure, count) ->
            out.append(
                String.format(
                    Locale.ROOT,
                    "podtap_tap_discovery_failures_total{cause=\"%s\"} %d\n",
                    name(failure),
                    count)));
    return out.toString();
  }

  private static StringBuilder line(StringBuilder out, String name, String type, String help) {
    return out.append(out.isEmpty() ? "" : "\n")
        .append(String.format("# HELP %s %s\n# TYPE %s %s\n%s ", name, help, name, type, name));
  }

  /** Returns what a report inside the tunnel says. */
  static Map<String, String> report(DiscoveryStatus status) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(TapReport.SENSORS, Integer.toString(status.sensors().size()));
    values.put(TapReport.SENSORS_AGE, Long.toString((long) status.ageSeconds(System.nanoTime())));
    return values;
  }
}
