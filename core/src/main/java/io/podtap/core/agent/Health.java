/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Whether a program lives, and whether it is ready: what its parts say of themselves. Parts are
 * added while the program is put together; any thread asks.
 */
public final class Health {

  private final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
  private final List<Supplier<String>> vitals = new CopyOnWriteArrayList<>();
  private final List<Supplier<String>> conditions = new CopyOnWriteArrayList<>();
  private final List<Supplier<String>> remarks = new CopyOnWriteArrayList<>();

  /** Adds a loop that turns several times a second. */
  public Heartbeat loop(String name) {
    Heartbeat heartbeat = new Heartbeat(name);
    heartbeats.add(heartbeat);
    return heartbeat;
  }

  /** Adds loops that part of the program has begun. */
  public Health loops(List<Heartbeat> loops) {
    heartbeats.addAll(loops);
    return this;
  }

  /**
   * Adds what a part that has no loop of its own says of its life.
   *
   * @param problem says in one line why the program must be restarted, or an empty text; called by
   *     any thread, never waits
   */
  public Health vital(Supplier<String> problem) {
    vitals.add(problem);
    return this;
  }

  /**
   * Adds a condition.
   *
   * @param problem says in one line, or several, why the program is not ready, or an empty text;
   *     called by any thread, never waits
   */
  public Health condition(Supplier<String> problem) {
    conditions.add(problem);
    return this;
  }

  /**
   * Adds what is wrong though the program is ready.
   *
   * @param problem says so in one line, or several, or is an empty text; called by any thread,
   *     never waits
   */
  public Health remark(Supplier<String> problem) {
    remarks.add(problem);
    return this;
  }

  /** Returns what is wrong though the program is ready, a line for each; empty when nothing is. */
  public String remarks() {
    return lines(remarks.stream().map(Supplier::get).toList());
  }

  /** Returns which loops hang and what else is dead, a line for each; empty when all is alive. */
  public String deadness() {
    List<String> reasons = new ArrayList<>();
    heartbeats.forEach(heartbeat -> reasons.add(heartbeat.problem()));
    vitals.forEach(vital -> reasons.add(vital.get()));
    return lines(reasons);
  }

  /** Returns why the program is not ready, a line for each reason; empty when it is. */
  public String unreadiness() {
    List<String> reasons = new ArrayList<>();
    reasons.add(deadness());
    for (Supplier<String> condition : conditions) {
      reasons.add(condition.get());
    }
    return lines(reasons);
  }

  private static String lines(List<String> reasons) {
    return String.join("\n", reasons.stream().filter(reason -> !reason.isEmpty()).toList());
  }
}
