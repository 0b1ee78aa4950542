/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one tap counted. Counts have the names of its count file, {@code failed} and {@code shed}
 * summed over their causes; counts that a running tap's metrics do not have are zero.
 */
final class TapAccount {

  private final String id;
  private final String pod;
  private final boolean ended;
  private final Map<String, Counts> interfaces = new LinkedHashMap<>();
  private final Counts packets = new Counts();

  /**
   * @param id as reports say it
   * @param pod with its namespace, for people
   * @param ended whether these are the last counts, so that nothing is on its way
   */
  TapAccount(String id, String pod, boolean ended) {
    this.id = id;
    this.pod = pod;
    this.ended = ended;
  }

  String id() {
    return id;
  }

  String pod() {
    return pod;
  }

  boolean isEnded() {
    return ended;
  }

  /** Returns the counts of an interface's frames, empty ones the first time. */
  Counts ofInterface(String name) {
    return interfaces.computeIfAbsent(name, _ -> new Counts());
  }

  /** Returns the interfaces, in the order in which they were named. */
  Map<String, Counts> interfaces() {
    return interfaces;
  }

  /** Returns the counts after cutting. */
  Counts packets() {
    return packets;
  }

  /** Returns the account of a tap that ran twice under one name. */
  TapAccount plus(TapAccount other) {
    TapAccount sum = new TapAccount(id, pod, ended && other.ended);
    for (TapAccount one : new TapAccount[] {this, other}) {
      one.interfaces.forEach((name, counts) -> sum.ofInterface(name).add(counts));
      sum.packets.add(one.packets);
    }
    return sum;
  }
}
