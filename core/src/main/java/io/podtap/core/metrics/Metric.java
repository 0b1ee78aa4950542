/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One declared value: a member of the count document, one series of a metric or several, or both.
 *
 * @param <S> what counts it
 * @param key name in the count document; empty when it is not there
 * @param family the metric; null when it is in the count document only
 * @param label the label of every series of the group that has this text; empty for none
 * @param labelValue the value of the family's label, where it is one of several
 * @param reportKey key in a tap's report; empty when it is not there
 * @param help one sentence
 * @param reader takes the value, on the thread that owns {@code S}
 */
public record Metric<S>(
    Form form,
    String key,
    @Nullable MetricFamily family,
    String label,
    String labelValue,
    String reportKey,
    String help,
    Function<? super S, ?> reader) {

  /** What a value is. */
  public enum Form {
    /** A text, or a number that identifies something. */
    TEXT,
    /** One number. */
    COUNT,
    /** Yes or no; 1 or 0 in metrics. */
    FLAG,
    /** Numbers by a name that the program chooses. */
    COUNTS,
    /** Observations by size. */
    HISTOGRAM
  }

  /** What a reader returns when there is no value now: nothing is written of it. */
  public static final long ABSENT = Long.MIN_VALUE;

  /** Returns the unit that the value is read in. */
  MetricUnit unit() {
    return family == null ? MetricUnit.NONE : family.unit();
  }
}
