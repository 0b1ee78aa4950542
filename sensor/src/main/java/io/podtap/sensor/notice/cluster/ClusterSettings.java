/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

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
record ClusterSettings(
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

  /** Returns the defaults. */
  static ClusterSettings standard() {
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
