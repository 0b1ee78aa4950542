/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.sensor.log.LogRecord;

/** Takes finished records of one log. */
@FunctionalInterface
public interface RecordHandler {

  /** Takes one record, which is valid only during the call. */
  void onRecord(LogRecord logged);
}
