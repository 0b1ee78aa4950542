/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.log.LogRecord;
import java.util.List;

/** A finished record as a detection reads it: by field names, valid during the call. */
public interface RecordView {

  /** What {@link #number} returns for a field that is not set. */
  long UNSET = Long.MIN_VALUE;

  /** Returns the record itself. */
  LogRecord logged();

  /** Returns the log's name, {@code conn}. */
  String log();

  /** Returns the record's time, nanoseconds since 1970. */
  long timeNs();

  /** Returns a field's text, one character a byte; an empty text when it is not set. */
  String text(String field);

  /** Returns the elements of a set or a list. */
  List<String> texts(String field);

  /** Returns a field's number, of times and intervals nanoseconds, or {@link #UNSET}. */
  long number(String field);

  /** Returns the originator. */
  Party originator();

  /** Returns the responder. */
  Party responder();
}
