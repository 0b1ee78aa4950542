package io.podtap.sensor.ingest;

import io.podtap.sensor.decapsulate.Decapsulation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came by tunnels, at one moment: {@code datagrams = analysed + reports + refused +
 * malformed}.
 *
 * @param datagrams joined ones counted each
 * @param bytes of all datagrams, outer headers left out
 * @param analysed frames handed on
 * @param reports taps' own reports
 * @param refused frames of strangers, where only known taps are wanted
 * @param malformed datagrams that could not be decapsulated, by name
 * @param overflowed datagrams that the kernel dropped because a socket's buffer was full; not among
 *     the received
 * @param strangers frames of senders that are not known, refused or not
 * @param badReports of the reports, those that cannot be and were not used
 * @param lateReports of the reports, those that a newer one had overtaken
 * @param implausibleTimes of the analysed, those whose capture time was not believed
 * @param probesAnswered of the reports, questions of taps that got their receipt
 * @param probesIgnored of the reports, questions of taps that got none
 */
public record DatagramSummary(
    long datagrams,
    long bytes,
    long analysed,
    long reports,
    long refused,
    Map<String, Long> malformed,
    long overflowed,
    long strangers,
    long badReports,
    long lateReports,
    long implausibleTimes,
    long probesAnswered,
    long probesIgnored) {

  static DatagramSummary of(ReceiveCounters counters) {
    Map<String, Long> malformed = new LinkedHashMap<>();
    for (Decapsulation result : Decapsulation.values()) {
      if (result.isMalformed() && counters.count(result) > 0) {
        malformed.put(result.weirdName(), counters.count(result));
      }
    }
    if (counters.truncatedDatagrams() > 0) {
      malformed.put("truncated_datagram", counters.truncatedDatagrams());
    }
    return new DatagramSummary(
        counters.datagrams(),
        counters.bytes(),
        counters.analysed(),
        counters.count(Decapsulation.REPORT),
        counters.refused(),
        malformed,
        counters.overflowed(),
        counters.strangers(),
        counters.badReports(),
        counters.lateReports(),
        counters.implausibleTimes(),
        counters.probesAnswered(),
        counters.probesIgnored());
  }

  /** Returns datagrams that could not be decapsulated. */
  public long malformedTotal() {
    return malformed.values().stream().mapToLong(Long::longValue).sum();
  }
}
