/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

/** What became of a tap's report. */
public enum ReportFate {
  /** It is the newest of its lane and was counted. */
  USED,
  /** A newer one, or one of a later start of the tap, came before it; it changes nothing. */
  LATE,
  /** It says what cannot be; it changes nothing. */
  BAD
}
