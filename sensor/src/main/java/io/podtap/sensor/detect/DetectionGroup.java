/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.sensor.log.LogRecord;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Detections whose state is kept by the same ends of the same records. Those that are in no group
 * run in sensors alone: they need events of parsers that no log has, or what they tell is about one
 * tap or one host and complete in each sensor.
 */
enum DetectionGroup {
  /** What a workload does as a client. */
  CLIENT(
      "scan",
      "ssh-bruteforcing",
      "edges",
      "metadata",
      "control-plane",
      "mining",
      "shells",
      "guessing",
      "dns-tunnels",
      "beacons",
      "clear-text"),
  /** What a workload is asked as a server. */
  SERVER("protocols"),
  /** Who was sent a lookup, and who follows it. */
  VICTIM("jndi"),
  /** What leaves a workload in either direction of connections. */
  SENDER("volumes"),
  /** What notices tell about both of their ends. */
  MOVEMENT("movement");

  @SuppressWarnings("ImmutableEnumChecker") // a copy
  private final List<String> detections;

  DetectionGroup(String... detections) {
    this.detections = List.of(detections);
  }

  /** Returns the names of its detections. */
  List<String> detections() {
    return detections;
  }

  /** Returns by which ends of a log's records the detections keep their state. */
  Set<Home> homes(String log) {
    return switch (this) {
      case CLIENT -> EnumSet.of(Home.ORIGINATOR);
      case SERVER -> EnumSet.of(Home.RESPONDER);
      case VICTIM -> EnumSet.of(log.equals("content") ? Home.RESPONDER : Home.ORIGINATOR);
      case SENDER -> EnumSet.of(Home.INSIDE);
      case MOVEMENT ->
          log.equals("notice")
              ? EnumSet.of(Home.ORIGINATOR, Home.RESPONDER)
              : EnumSet.noneOf(Home.class); // it learns nothing of connections
    };
  }

  /** Returns whether records raise notices where this end is at home; else they are only known. */
  boolean raises(Home home) {
    return this != MOVEMENT || home == Home.ORIGINATOR;
  }

  /** Returns whether every partition is to know of a record: a lookup tempts any workload. */
  boolean isForAll(LogRecord record) {
    return this == VICTIM
        && record.log().equals("content")
        && record.textOrEmpty("kind").equals("jndi");
  }

  /** Returns whether its detections ask since when the other end of a connection is known. */
  boolean needsOthers() {
    return this == CLIENT;
  }

  /** Returns the names of all detections that are in a group. */
  static List<String> allDetections() {
    List<String> all = new ArrayList<>();
    for (DetectionGroup group : values()) {
      all.addAll(group.detections);
    }
    return all;
  }
}
