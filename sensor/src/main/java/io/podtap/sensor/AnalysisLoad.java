package io.podtap.sensor;

import io.podtap.sensor.merge.MergeCounts;
import java.util.Map;

/**
 * Where an analysis met its limits, and its own mistakes.
 *
 * @param flowsEvicted flows that ended early to make room
 * @param flowsUnparsed flows whose parsers were let go: those of all flows held too much
 * @param flowsTooLarge flows whose parsers were let go: those of one flow held too much
 * @param endFullBytes bytes ahead of a hole that one end had no more room for; parsers see a gap
 * @param poolFullBytes the same, for want of room for all ends together
 * @param heldBytes bytes ahead of holes that are held now
 * @param carriedBytes heap that is accounted for what flows carry
 * @param parserFailures parsers that threw and were taken off their flow, by service
 * @param cutPackets packets that were counted though bytes at their end were cut before they came
 * @param cutBytes how many bytes those had lost
 * @param merged what became of frames that several taps may deliver
 */
public record AnalysisLoad(
    long flowsEvicted,
    long flowsUnparsed,
    long flowsTooLarge,
    long endFullBytes,
    long poolFullBytes,
    long heldBytes,
    long carriedBytes,
    Map<String, Long> parserFailures,
    long cutPackets,
    long cutBytes,
    MergeCounts merged) {

  /** Of an analysis that has done nothing yet. */
  public static final AnalysisLoad NONE =
      new AnalysisLoad(0, 0, 0, 0, 0, 0, 0, Map.of(), 0, 0, MergeCounts.NONE);

  /** Returns the sums of both. */
  AnalysisLoad plus(AnalysisLoad other) {
    return new AnalysisLoad(
        flowsEvicted + other.flowsEvicted,
        flowsUnparsed + other.flowsUnparsed,
        flowsTooLarge + other.flowsTooLarge,
        endFullBytes + other.endFullBytes,
        poolFullBytes + other.poolFullBytes,
        heldBytes + other.heldBytes,
        carriedBytes + other.carriedBytes,
        AnalysisSummary.sum(parserFailures, other.parserFailures),
        cutPackets + other.cutPackets,
        cutBytes + other.cutBytes,
        merged.plus(other.merged));
  }

  /** Copies the map. */
  public AnalysisLoad {
    parserFailures = Map.copyOf(parserFailures);
  }
}
