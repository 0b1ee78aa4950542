/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.notice.DetectionValues;
import java.time.Duration;

/**
 * What can be chosen about detections of workloads.
 *
 * @param learningNs how long a workload is watched before what it does can be new, nanoseconds
 * @param tableBytesMax heap for what one detection remembers
 * @param guesses failed logins that are guessing
 * @param guessingNs in which they must come, nanoseconds
 * @param tunnelNames names below one registered domain that are a tunnel
 * @param beaconConnections connections that a beacon has at least
 * @param beaconSpanNs time that they cover at least, nanoseconds
 * @param beaconScore least score, of 100
 * @param volumeBytesMin bytes out in ten minutes below which no volume is noticed
 * @param volumeFactor how many times the largest usual volume is too much
 * @param lossPercent packets in a hundred whose loss is noticed
 */
public record ClusterSettings(
    long learningNs,
    long tableBytesMax,
    int guesses,
    long guessingNs,
    int tunnelNames,
    int beaconConnections,
    long beaconSpanNs,
    int beaconScore,
    long volumeBytesMin,
    int volumeFactor,
    int lossPercent) {

  public static final long SECOND_NS = 1_000_000_000;

  /** The option that all detections share that learn. */
  public static final String LEARNING = "cluster.learning";

  /** Returns these with the learning time that was chosen. */
  public ClusterSettings learning(DetectionValues options) {
    return with(
        options.ns(LEARNING),
        beaconConnections,
        beaconSpanNs,
        beaconScore,
        volumeBytesMin,
        volumeFactor);
  }

  /** Returns these with what was chosen about beacons. */
  public ClusterSettings beacons(DetectionValues options) {
    return with(
        learningNs,
        (int) options.count("beacons.connections"),
        options.ns("beacons.span"),
        (int) options.count("beacons.score"),
        volumeBytesMin,
        volumeFactor);
  }

  /** Returns these with what was chosen about volumes. */
  public ClusterSettings volumes(DetectionValues options) {
    return with(
        learningNs,
        beaconConnections,
        beaconSpanNs,
        beaconScore,
        options.count("volumes.bytes"),
        (int) options.count("volumes.factor"));
  }

  private ClusterSettings with(
      long learning, int connections, long spanNs, int score, long volumeMin, int factor) {
    return new ClusterSettings(
        learning,
        tableBytesMax,
        guesses,
        guessingNs,
        tunnelNames,
        connections,
        spanNs,
        score,
        volumeMin,
        factor,
        lossPercent);
  }

  /** Returns the defaults. */
  public static ClusterSettings standard() {
    return new ClusterSettings(
        Duration.ofDays(1).toNanos(),
        3 << 20,
        20,
        Duration.ofMinutes(15).toNanos(),
        100,
        20,
        Duration.ofMinutes(30).toNanos(),
        85,
        20 << 20,
        5,
        1);
  }
}
