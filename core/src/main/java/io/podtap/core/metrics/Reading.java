/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.metrics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The values of a {@link MetricGroup} at one moment. Immutable; made on the thread that counts, for
 * any thread to read.
 */
public final class Reading {

  private final MetricGroup<?> group;
  private final Object[] values;

  Reading(MetricGroup<?> group, Object[] values) {
    this.group = group;
    this.values = values;
  }

  /** Returns what was read. */
  public MetricGroup<?> group() {
    return group;
  }

  Object value(int index) {
    return values[index];
  }

  private Object value(String key) {
    return values[group.index(key)];
  }

  /**
   * Returns a number; of numbers by name the sum.
   *
   * @throws IllegalArgumentException when the group declares no number of that key
   */
  public long count(String key) {
    return number(value(key));
  }

  private static long number(Object value) {
    if (value instanceof Map<?, ?>) {
      return named(value).values().stream().mapToLong(Long::longValue).sum();
    }
    if (value instanceof Long number) {
      return number;
    }
    throw new IllegalArgumentException(value + " is not a number");
  }

  /** Returns numbers by name. */
  public Map<String, Long> counts(String key) {
    return named(value(key));
  }

  @SuppressWarnings("unchecked") // as MetricGroup.Builder.values declares it
  private static Map<String, Long> named(Object value) {
    return (Map<String, Long>) value;
  }

  /** Returns a text. */
  public String text(String key) {
    return value(key).toString();
  }

  /** Returns whether something is so. */
  public boolean flag(String key) {
    return (Boolean) value(key);
  }

  /**
   * Adds the values that a tap's report has, in whole base units.
   *
   * @param sums by the report's keys
   */
  public void report(Map<String, Long> sums) {
    List<? extends Metric<?>> metrics = group.metrics();
    for (int i = 0; i < values.length; i++) {
      Metric<?> metric = metrics.get(i);
      if (!metric.reportKey().isEmpty()) {
        sums.merge(metric.reportKey(), metric.unit().whole(number(values[i])), Long::sum);
      }
    }
  }

  /** Returns whether every account of the group adds up. */
  public boolean isBalanced() {
    for (Account account : group.accounts()) {
      long rest = count(account.total());
      for (String part : account.parts()) {
        rest -= count(part);
      }
      if (rest != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the same values under the names of another program.
   *
   * @param twin declared alike
   */
  public Reading under(MetricGroup<?> twin) {
    if (twin.metrics().size() != values.length) {
      throw new IllegalArgumentException(twin.title() + " is declared otherwise");
    }
    return new Reading(twin, values);
  }

  /** Returns the sums of both; texts are this one's. */
  public Reading plus(Reading other) {
    if (!other.group.equals(group)) {
      throw new IllegalArgumentException("readings of different groups");
    }
    Object[] sums = values.clone();
    List<? extends Metric<?>> metrics = group.metrics();
    for (int i = 0; i < sums.length; i++) {
      Metric<?> metric = metrics.get(i);
      switch (metric.form()) {
        case COUNT -> sums[i] = (Long) values[i] + (Long) other.values[i];
        case COUNTS -> sums[i] = sum(named(values[i]), named(other.values[i]));
        case FLAG -> sums[i] = (Boolean) values[i] || (Boolean) other.values[i];
        case TEXT -> {}
        case HISTOGRAM -> throw new IllegalArgumentException("a histogram has no sum");
      }
    }
    return new Reading(group, sums);
  }

  private static Map<String, Long> sum(Map<String, Long> a, Map<String, Long> b) {
    Map<String, Long> sums = new TreeMap<>(a);
    b.forEach((name, count) -> sums.merge(name, count, Long::sum));
    return sums;
  }

  @Override
  public String toString() {
    return new CountDocument().add(this).end();
  }
}
