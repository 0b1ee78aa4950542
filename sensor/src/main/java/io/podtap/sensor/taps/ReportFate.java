package io.podtap.sensor.taps;

/** What became of a tap's report. */
public enum ReportFate {
  /** Its numbers are the tap's latest. */
  USED,
  /** A newer one had come before it. */
  LATE,
  /** A number is missing, or cannot be. */
  BAD
}
