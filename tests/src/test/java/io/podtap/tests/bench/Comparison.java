/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** One tap under one load, once a round, beside the same load without a tap in the same round. */
final class Comparison {

  /** What was measured in one round. */
  record Round(Measurement own, Measurement alone) {

    /** The CPU that a tap is charged for: its processes, or the machine's where it has none. */
    double cpu() {
      return hasProcess() ? own.tapSeconds() : machine();
    }

    boolean hasProcess() {
      return own.peakKibibytes() > 0;
    }

    /** Returns CPU seconds of the whole machine beyond the load alone. */
    double machine() {
      return own.machineSeconds() - alone.machineSeconds();
    }

    /** Returns the load's throughput as a share of what it has alone. */
    double kept() {
      return own.outcome().throughput() / alone.outcome().throughput();
    }
  }

  private final String tap;
  private final List<Round> rounds = new ArrayList<>();

  /**
   * @param tap its name
   */
  Comparison(String tap) {
    this.tap = tap;
  }

  void add(Measurement own, Measurement alone) {
    rounds.add(new Round(own, alone));
  }

  String tap() {
    return tap;
  }

  /** Returns the first round. */
  Round first() {
    return rounds.getFirst();
  }

  /** Returns the median over all rounds; NaN when there is none in one. */
  double median(ToDoubleFunction<Round> value) {
    return median(rounds.stream().mapToDouble(value).toArray());
  }

  /** Returns the sum over all rounds. */
  long sum(ToDoubleFunction<Round> value) {
    return (long) rounds.stream().mapToDouble(value).sum();
  }

  /** Returns the median over all rounds, with the smallest and the largest behind it. */
  String spread(String format, ToDoubleFunction<Round> value) {
    return spread(format, rounds.stream().mapToDouble(value).toArray());
  }

  /** Returns this tap's CPU as a share of another's, round by round: median and spread. */
  String share(Comparison peer) {
    double[] shares = new double[rounds.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = rounds.get(i).cpu() / peer.rounds.get(i).cpu();
    }
    return spread("%.2f", shares);
  }

  private static String spread(String format, double[] values) {
    String middle = number(format, median(values));
    if (values.length == 1 || middle.isEmpty()) {
      return middle;
    }
    double[] ends = DoubleStream.of(values).sorted().toArray();
    return "%s (%s to %s)"
        .formatted(middle, number(format, ends[0]), number(format, ends[ends.length - 1]));
  }

  private static double median(double[] values) {
    double[] sorted = DoubleStream.of(values).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Returns a number's text, an empty one for none. */
  static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "";
  }
}
