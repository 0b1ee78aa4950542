/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives answers to requests where only their order tells which belong together. After bytes are
 * missing the order is unknown, and no answer is given to any request until the connection is idle:
 * a request comes from a client that has never been seen to send one before the last was answered,
 * or after {@value #IDLE_NS} nanoseconds of silence. One thread.
 */
public final class Pairing<T> {

  private static final long IDLE_NS = 1_000_000_000L;

  private final ArrayDeque<T> pending = new ArrayDeque<>(4);

  /** Takes requests whose answer will not be known. */
  private final Consumer<T> unanswered;

  /** Whether what comes behind the pending requests cannot be paired. */
  private boolean isBroken;

  private boolean mustHearAnswer;

  /** Whether the client sends requests while others wait that it sent before. */
  private boolean isPipelining;

  private long lastRequestNs;
  private long lastNs;

  /**
   * @param unanswered takes requests whose answer will not be known, in their order
   */
  public Pairing(Consumer<T> unanswered) {
    this.unanswered = unanswered;
  }

  /** Returns how many requests wait. */
  public int pending() {
    return pending.size();
  }

  /** Returns the request that waits for the next answer, or null. */
  public @Nullable T first() {
    return pending.peek();
  }

  /** Returns those that wait, the oldest first. */
  public Iterable<T> all() {
    return pending;
  }

  /**
   * Adds a request.
   *
   * @return whether it waits for its answer; else it is handed over as unanswered when it is
   *     complete, by the caller
   */
  public boolean add(T request, long nowNs) {
    boolean isIdle = nowNs - lastNs >= IDLE_NS || (!isPipelining && !mustHearAnswer);
    if (isBroken && pending.isEmpty() && isIdle) {
      isBroken = false;
    }
    isPipelining |= !pending.isEmpty() && nowNs > lastRequestNs;
    lastRequestNs = nowNs;
    lastNs = nowNs;
    if (!isBroken) {
      pending.add(request);
    }
    return !isBroken;
  }

  /** Takes the request that the next answer belongs to; null when there is none, or none known. */
  public @Nullable T take(long nowNs) {
    hear(nowNs);
    return pending.poll();
  }

  /** Notes an answer whose request is not known: those that wait go on waiting. */
  public void hear(long nowNs) {
    lastNs = nowNs;
    if (pending.isEmpty()) {
      mustHearAnswer = false;
    }
  }

  /** Leaves a request out that needs no answer any more. */
  public void remove(T request) {
    pending.remove(request);
  }

  /** Notes that requests, or else answers, are missing. */
  public void lose(boolean ofRequests) {
    if (ofRequests) {
      loseRequests();
    } else {
      loseAnswers();
    }
  }

  /** Notes that requests are missing behind those that wait. */
  public void loseRequests() {
    isBroken = true;
    mustHearAnswer = true;
  }

  /** Notes that answers are missing: of those that wait none is known. */
  public void loseAnswers() {
    isBroken = true;
    mustHearAnswer |= pending.size() > 1;
    giveUp();
  }

  /** Hands over all that wait as unanswered. */
  public void giveUp() {
    for (T request = pending.poll(); request != null; request = pending.poll()) {
      unanswered.accept(request);
    }
  }

  /** Returns whether answers are not given to requests at present. */
  public boolean isBroken() {
    return isBroken;
  }

  /** Drops all that wait. */
  public void clear() {
    pending.clear();
  }
}
