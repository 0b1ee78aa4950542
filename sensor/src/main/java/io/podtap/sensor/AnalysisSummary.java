package io.podtap.sensor;

import java.util.Map;
import java.util.TreeMap;

/**
 * What an analysis, or several together, have counted.
 *
 * @param frames frames taken
 * @param flows flows under way
 * @param weirds oddities of packets, by Zeek's names
 * @param load where limits were met
 */
public record AnalysisSummary(long frames, int flows, Map<String, Long> weirds, AnalysisLoad load) {

  /** Of an analysis that has done nothing yet. */
  public static final AnalysisSummary NONE = new AnalysisSummary(0, 0, Map.of(), AnalysisLoad.NONE);

  /** Returns the sums of both. */
  public AnalysisSummary plus(AnalysisSummary other) {
    return new AnalysisSummary(
        frames + other.frames,
        flows + other.flows,
        sum(weirds, other.weirds),
        load.plus(other.load));
  }

  static Map<String, Long> sum(Map<String, Long> a, Map<String, Long> b) {
    Map<String, Long> sums = new TreeMap<>(a);
    b.forEach((name, count) -> sums.merge(name, count, Long::sum));
    return sums;
  }
}
