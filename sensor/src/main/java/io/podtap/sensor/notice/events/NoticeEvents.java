/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.events;

import io.podtap.core.agent.Threads;
import io.podtap.core.kubernetes.AccessRule;
import io.podtap.core.kubernetes.ApiClient;
import io.podtap.core.kubernetes.ApiException;
import io.podtap.core.kubernetes.ApiFailure;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.NoticeAction;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes an Event for every notice that is about a pod, in the pod's namespace, one for each end
 * that is a pod. Who raises a notice never waits: bodies stand in a queue bounded in bytes, each
 * namespace has a rate, and what does not fit is dropped and counted.
 */
public final class NoticeEvents implements NoticeAction {

  private static final long QUEUE_BYTES_MAX = 1 << 20;
  private static final int ATTEMPTS_MAX = 3;
  private static final int ANSWER_MS = 5_000;
  private static final long CLOSE_MS = 3_000;
  private static final long DISTINCT_PROBLEMS_MAX = 100;

  /** A request that waits. */
  @SuppressWarnings("ArrayRecordComponent") // which nobody compares
  private record Waiting(String namespace, byte[] body) {}

  private final ApiClient api;
  private final PodLookup pods;
  private final String sensor;
  private final Consumer<String> log;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private final Thread thread;

  /** Guarded by {@link #queue}, as everything below. */
  private final NamespaceRate rate = new NamespaceRate();

  private final Set<String> told = new LinkedHashSet<>();
  private long queuedBytes;
  private boolean closing;
  private long written;
  private long failed;
  private long dropped;
  private long limited;
  private volatile String problem = "";

  private NoticeEvents(
      ServiceAccount account, PodLookup pods, String sensor, Consumer<String> log) {
    this.api = new ApiClient(account);
    this.pods = pods;
    this.sensor = sensor;
    this.log = log;
    this.thread = Threads.unstarted("notice-events", this::run);
  }

  /**
   * Starts the thread that writes.
   *
   * @param sensor names this program to who reads events
   * @param log takes a line for each way in which events cannot be written, once
   */
  public static NoticeEvents start(
      ServiceAccount account, PodLookup pods, String sensor, Consumer<String> log) {
    NoticeEvents events = new NoticeEvents(account, pods, sensor, log);
    events.thread.start();
    return events;
  }

  @Override
  public void onNotice(Notice notice) {
    PodLookup.Pod source = pod(notice.source(), notice.timeNs());
    PodLookup.Pod target = pod(notice.destination(), notice.timeNs());
    if (source != null) {
      offer(notice, source);
    }
    if (target != null && !target.equals(source)) {
      offer(notice, target);
    }
  }

  private PodLookup.@Nullable Pod pod(@Nullable String address, long timeNs) {
    return address == null ? null : pods.podAt(address, timeNs);
  }

  private void offer(Notice notice, PodLookup.Pod pod) {
    synchronized (queue) {
      if (!rate.allows(pod.namespace(), notice.timeNs())) {
        limited++;
        return;
      }
      byte[] body = EventBody.of(notice, pod, sensor);
      if (closing || queuedBytes + body.length > QUEUE_BYTES_MAX) {
        dropped++;
        return;
      }
      queue.add(new Waiting(pod.namespace(), body));
      queuedBytes += body.length;
      queue.notifyAll();
    }
  }

  private void run() {
    try {
      for (Waiting next = next(); next != null; next = next()) {
        write(next);
        synchronized (queue) {
          queuedBytes -= next.body().length;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Waiting next() throws InterruptedException {
    synchronized (queue) {
      while (queue.isEmpty() && !closing) {
        queue.wait();
      }
      return queue.poll();
    }
  }

  private void write(Waiting event) throws InterruptedException {
    AccessRule rule = new AccessRule("create", "", "events", event.namespace());
    for (int attempt = 1; ; attempt++) {
      try {
        api.post(
            "/api/v1/namespaces/" + event.namespace() + "/events",
            event.body(),
            rule,
            ANSWER_MS,
            ANSWER_MS);
        problem = "";
        synchronized (queue) {
          written++;
        }
        return;
      } catch (ApiException e) {
        problem = "notice events: " + e.line();
        complain(problem);
        if (isFinal(e.failure()) || attempt == ATTEMPTS_MAX || !pause(e)) {
          break;
        }
      }
    }
    synchronized (queue) {
      failed++;
    }
  }

  private static boolean isFinal(ApiFailure failure) {
    return switch (failure) {
      case FORBIDDEN, REFUSED -> true;
      default -> false;
    };
  }

  private void complain(String line) {
    synchronized (queue) {
      if (told.size() >= DISTINCT_PROBLEMS_MAX || !told.add(line)) {
        return;
      }
    }
    log.accept(line);
  }

  /** Waits before the next attempt; false when there is no time for one. */
  private boolean pause(ApiException e) throws InterruptedException {
    long ms = Math.max(e.leastWaitMs(), 500);
    synchronized (queue) {
      long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
      for (long leftNs = untilNs - System.nanoTime();
          leftNs > 0 && !closing;
          leftNs = untilNs - System.nanoTime()) {
        queue.wait(TimeUnit.NANOSECONDS.toMillis(leftNs) + 1);
      }
      return !closing;
    }
  }

  @Override
  public String name() {
    return "events";
  }

  @Override
  public Map<String, Long> counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    synchronized (queue) {
      counts.put("delivered", written);
      counts.put("failed", failed);
      counts.put("dropped", dropped);
      counts.put("limited", limited);
    }
    return counts;
  }

  @Override
  public String problem() {
    return problem;
  }

  @Override
  public void close() {
    synchronized (queue) {
      closing = true;
      queue.notifyAll();
    }
    try {
      if (!thread.join(java.time.Duration.ofMillis(CLOSE_MS))) {
        api.close();
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    api.close();
    synchronized (queue) {
      dropped += queue.size();
      queue.clear();
      if (failed + dropped + limited > 0) {
        log.accept("notice events: " + counts());
      }
    }
  }
}
