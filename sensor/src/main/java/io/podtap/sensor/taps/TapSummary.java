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
    int size = table.taps().size();
    long[] received = new long[size];
    long[] receivedBytes = new long[size];
    long[] sentHere = new long[size];
    long[] lost = new long[size];
    long[] surplus = new long[size];
    for (Lane lane : table.lanes()) {
      int tap = lane.tap().index();
      received[tap] += lane.receivedPackets();
      receivedBytes[tap] += lane.receivedBytes();
      sentHere[tap] += lane.sentSinceBaseline();
      lost[tap] += lane.lost();
      surplus[tap] += lane.surplus();
    }
    List<TapSummary> summaries = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Tap tap = table.taps().get(i);
      summaries.add(
          new TapSummary(
              tap, tap.report(), received[i], receivedBytes[i], sentHere[i], lost[i], surplus[i]));
    }
    return summaries;
  }
}
