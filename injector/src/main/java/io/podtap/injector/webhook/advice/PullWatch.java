/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.core.agent.Threads;
import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.tree.Tree;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks now and then at the pods that have not started, a few at a time, and hands them to {@link
 * PullFailures}. Where the right to list pods is missing it hears of nothing.
 */
final class PullWatch implements AutoCloseable {

  private static final long PAUSE_SECONDS = 20;
  private static final long ANSWER_NS = TimeUnit.SECONDS.toNanos(10);
  private static final int PAGE = 20;
  private static final int PAGES_MAX = 50;
  private static final String PENDING =
      "/api/v1/pods?fieldSelector=" + ApiPath.encode("status.phase=Pending") + "&limit=" + PAGE;

  private final TimedRequests requests;
  private final PullFailures failures;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  PullWatch(TimedRequests requests, PullFailures failures) {
    this.requests = requests;
    this.failures = failures;
    thread = Threads.unstarted("webhook-pulls", this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        look();
      } while (!stopped.await(PAUSE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks once, at a thousand pods at most. */
  void look() {
    String next = "";
    for (int i = 0; i < PAGES_MAX; i++) {
      String path = PENDING + (next.isEmpty() ? "" : "&continue=" + ApiPath.encode(next));
      Optional<ClusterApi.Answer> answer =
          requests
              .send("GET", path, "", null, System.nanoTime() + ANSWER_NS)
              .filter(ClusterApi.Answer::isGood);
      answer.ifPresent(page -> Tree.list(page.object().get("items")).forEach(failures::see));
      next = answer.map(page -> Tree.text(page.object(), "metadata", "continue")).orElse("");
      if (next.isEmpty()) {
        return;
      }
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    thread.interrupt();
  }
}
