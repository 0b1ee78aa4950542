/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.core.agent.Threads;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.Denial;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Requests for one purpose that have to be answered in time, and need a right. Any thread. */
final class TimedRequests implements AutoCloseable {

  /** Questions for one purpose. */
  static final MetricGroup<TimedRequests> METRICS =
      MetricGroup.<TimedRequests>of("podtap_webhook_", "questions to the API server", "")
          .label("purpose", "", "What is asked for.", requests -> requests.purpose)
          .counters("questions", "result", "Questions to the API server, by outcome.")
          .value("answered", requests -> requests.answered.sum())
          .value("late", requests -> requests.late.sum())
          .value("busy", requests -> requests.busy.sum())
          .value("failed", requests -> requests.failed.sum())
          .build();

  /** How the API server is asked. */
  @FunctionalInterface
  interface Api {
    ClusterApi.Answer send(String method, String path, String type, @Nullable Object body)
        throws IOException;
  }

  private static final int AT_A_TIME = 16;
  private static final int FORBIDDEN = 403;

  /** Rights are seldom given later, and each attempt is a line in the API server's audit. */
  private static final long AGAIN_NS = TimeUnit.MINUTES.toNanos(1);

  /** The least time between two attempts, however many pods wait for the answer. */
  private static final long AGAIN_NS_MIN = TimeUnit.SECONDS.toNanos(1);

  private final Api api;
  private final String purpose;
  private final PrintStream log;
  private final ExecutorService threads = Threads.virtual("webhook-question");
  private final Semaphore places = new Semaphore(AT_A_TIME);
  private final LongAdder answered = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final LongAdder busy = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private volatile boolean isDenied;
  private volatile long deniedNs;

  /**
   * @param purpose a word for metrics and log
   * @param log told once when the right is missing
   */
  TimedRequests(Api api, String purpose, PrintStream log) {
    this.api = api;
    this.purpose = purpose;
    this.log = log;
  }

  /** Returns whether the right was found missing a short time ago. */
  boolean isDenied() {
    return isDenied && System.nanoTime() - deniedNs < AGAIN_NS;
  }

  /**
   * Asks again although the right was missing, unless it was missing a moment ago.
   *
   * @return whether the next request is sent that would not have been
   */
  boolean retryDenied() {
    if (!isDenied() || System.nanoTime() - deniedNs < AGAIN_NS_MIN) {
      return false;
    }
    deniedNs = System.nanoTime() - AGAIN_NS;
    return true;
  }

  /** Returns the answer, or nothing when there is none in time or it was not allowed to ask. */
  Optional<ClusterApi.Answer> send(
      String method, String path, String type, @Nullable Object body, long deadlineNs) {
    if (isDenied()) {
      return Optional.empty();
    }
    if (!places.tryAcquire()) {
      busy.increment();
      return Optional.empty();
    }
    FutureTask<ClusterApi.Answer> asked =
        new FutureTask<>(() -> api.send(method, path, type, body));
    try {
      threads.execute(() -> {
        try {
          asked.run(); // at once when it is cancelled already
        } finally {
          places.release();
        }
      });
      ClusterApi.Answer answer =
          asked.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
      answered.increment();
      return isRefused(answer) ? Optional.empty() : Optional.of(answer);
    } catch (TimeoutException e) {
      late.increment();
    } catch (ExecutionException e) {
      failed.increment();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      asked.cancel(true);
    }
    return Optional.empty();
  }

  /** What an admission plugin refuses is 403 too, and says nothing of rights. */
  private boolean isRefused(ClusterApi.Answer answer) {
    Optional<Denial> denial =
        answer.status() == FORBIDDEN ? Denial.parse(answer.message()) : Optional.empty();
    if (denial.isEmpty()) {
      if (isDenied) {
        log.println("podtap: " + purpose + " is on: the right was granted");
        isDenied = false;
      }
      return false;
    }
    if (!isDenied) {
      log.println("podtap: " + purpose + " is off: " + denial.get().text());
    }
    deniedNs = System.nanoTime();
    isDenied = true;
    return true;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
