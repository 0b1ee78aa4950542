package io.podtap.sensor.ingest;

import io.podtap.core.stream.StreamCounters;

/**
 * What came by streams over TLS, at one moment.
 *
 * @param connections of taps and strangers, by how they ended
 * @param frames handed on to analysis
 * @param reports taps' own reports
 * @param badReports of those and of other comments, those that are none and were not used
 * @param lateReports of the reports, those that a newer one had overtaken
 * @param implausibleTimes of the frames, those whose capture time was not believed
 */
public record StreamSummary(
    StreamCounters connections,
    long frames,
    long reports,
    long badReports,
    long lateReports,
    long implausibleTimes) {

  /** Nothing yet, or no streams. */
  static final StreamSummary NONE = new StreamSummary(StreamCounters.NONE, 0, 0, 0, 0, 0);
}
