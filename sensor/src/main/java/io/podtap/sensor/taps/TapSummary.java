package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;
import java.util.ArrayList;
import java.util.List;

/**
 * One tap at one moment, with its lanes summed: what it says of itself and what arrived.
 *
 * @param tap the sender
 * @param report the tap's last report, without values before the first
 * @param received frames received, reports left out
 * @param receivedBytes bytes of those frames
 * @param sentHere packets that the tap counted towards this sensor since the baseline of each lane
 * @param lost packets sent here that did not arrive, as of the last reports
 * @param surplus packets that arrived more often than they were sent
 */
public record TapSummary(
    Tap tap,
    TapReport report,
    long received,
    long receivedBytes,
    long sentHere,
    long lost,
    long surplus) {

  /** Sums up every tap and stranger of a table. */
  public static List<TapSummary> of(TapTable table) {
    List<TapSummary> summaries = new ArrayList<>();
    for (Tap tap : table.taps()) {
      summaries.add(of(tap));
    }
    return summaries;
  }

  private static TapSummary of(Tap tap) {
    long received = 0;
    long receivedBytes = 0;
    long sentHere = 0;
    long lost = 0;
    long surplus = 0;
    for (Lane lane : tap.lanes()) {
      received += lane.receivedPackets();
      receivedBytes += lane.receivedBytes();
      sentHere += lane.sentSinceBaseline();
      lost += lane.lost();
      surplus += lane.surplus();
    }
    return new TapSummary(tap, tap.report(), received, receivedBytes, sentHere, lost, surplus);
  }
}
