/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.filter;

import io.podtap.sensor.log.LogRecord;

/**
 * Tells at little cost which records of a log can matter to a detection, so that the others need
 * not be passed on. It depends on the record alone and has no influence on what the detection
 * finds.
 */
@FunctionalInterface
public interface RecordFilter {

  /** Returns whether a record can matter; it is valid during the call. */
  boolean isWanted(LogRecord logged);

  /** Returns a filter for records that either wants. */
  default RecordFilter or(RecordFilter other) {
    return logged -> isWanted(logged) || other.isWanted(logged);
  }
}
