/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.webhook;

import io.podtap.core.agent.Threads;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.NoticeAction;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends every notice in a POST of its own, in order. Who raises a notice never waits: bodies stand
 * in a queue bounded in bytes, and what does not fit is dropped and counted. A delivery that fails
 * for the moment (no answer, 429, 5xx) is repeated after a pause that doubles; one that is refused
 * is given up and counted.
 */
public final class NoticeWebhook implements NoticeAction {

  private static final long PAUSE_MS_MAX = 60_000;
  private static final int TOO_MANY_REQUESTS = 429;

  private final WebhookSettings settings;
  private final Consumer<String> log;
  private final HttpClient client;
  private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
  private final String run = HexFormat.of().formatHex(random());
  private final Thread thread;

  /** Guarded by {@link #queue}, as everything below. */
  private long queuedBytes;

  private boolean closing;
  private long closeDeadlineNs;
  private long number;
  private long delivered;
  private long dropped;
  private long failed;
  private boolean complained;
  private volatile String problem = "";

  private NoticeWebhook(WebhookSettings settings, Consumer<String> log) {
    this.settings = settings;
    this.log = log;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(settings.timeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.thread = Threads.unstarted("notice-webhook", this::run);
  }

  private static byte[] random() {
    byte[] bytes = new byte[8];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /**
   * Starts the thread that sends.
   *
   * @param log takes a line when deliveries begin to fail, and one at the end when some did
   */
  public static NoticeWebhook start(WebhookSettings settings, Consumer<String> log) {
    NoticeWebhook webhook = new NoticeWebhook(settings, log);
    webhook.thread.start();
    return webhook;
  }

  @Override
  public void onNotice(Notice notice) {
    synchronized (queue) {
      byte[] body = Bodies.of(settings.format(), notice, run, ++number);
      if (closing || queuedBytes + body.length > settings.queueBytesMax()) {
        dropped++;
        return;
      }
      queue.add(body);
      queuedBytes += body.length;
      queue.notifyAll();
    }
  }

  private void run() {
    try {
      for (byte[] body = next(); body != null; body = next()) {
        deliver(body);
        synchronized (queue) {
          queuedBytes -= body.length;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte @Nullable [] next() throws InterruptedException {
    synchronized (queue) {
      while (queue.isEmpty() && !closing) {
        queue.wait();
      }
      return queue.poll();
    }
  }

  private void deliver(byte[] body) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(settings.address())
            .timeout(settings.timeout())
            .header("Content-Type", Bodies.contentType(settings.format()))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    long pauseMs = settings.firstPause().toMillis();
    for (int attempt = 1; attempt <= settings.attemptsMax(); attempt++) {
      String problem = attempt(request);
      if (problem == null) {
        return;
      }
      complain(problem);
      if (problem.startsWith("refused") || !pause(pauseMs)) {
        break;
      }
      pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX);
    }
    synchronized (queue) {
      failed++;
    }
  }

  /** Returns null when it was delivered, else why not. */
  private @Nullable String attempt(HttpRequest request) throws InterruptedException {
    try {
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status >= 200 && status < 300) {
        synchronized (queue) {
          delivered++;
          complained = false;
          this.problem = "";
        }
        return null;
      }
      return status == TOO_MANY_REQUESTS || status >= 500
          ? "answered " + status
          : "refused with " + status;
    } catch (IOException e) {
      return "failed: " + e;
    }
  }

  private void complain(String why) {
    problem = "notice webhook " + settings.address() + ' ' + why;
    synchronized (queue) {
      if (complained) {
        return;
      }
      complained = true;
    }
    log.accept("notice webhook " + settings.address() + ' ' + why);
  }

  /** Waits before the next attempt; false when there is no time for one. */
  private boolean pause(long ms) throws InterruptedException {
    synchronized (queue) {
      long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
      while (true) {
        long leftNs = untilNs - System.nanoTime();
        if (closing && closeDeadlineNs - System.nanoTime() < leftNs) {
          return false;
        }
        if (leftNs <= 0) {
          return true;
        }
        queue.wait(TimeUnit.NANOSECONDS.toMillis(leftNs) + 1);
      }
    }
  }

  @Override
  public String name() {
    return "webhook";
  }

  @Override
  public Map<String, Long> counts() {
    synchronized (queue) {
      return Map.of("delivered", delivered, "dropped", dropped, "failed", failed);
    }
  }

  @Override
  public String problem() {
    return problem;
  }

  /** Returns how many were delivered. */
  public long delivered() {
    synchronized (queue) {
      return delivered;
    }
  }

  /** Returns how many did not fit into the queue. */
  public long dropped() {
    synchronized (queue) {
      return dropped;
    }
  }

  /** Returns how many were given up. */
  public long failed() {
    synchronized (queue) {
      return failed;
    }
  }

  @Override
  public void close() {
    Duration wait = settings.closeTimeout();
    synchronized (queue) {
      closing = true;
      closeDeadlineNs = System.nanoTime() + wait.toNanos();
      queue.notifyAll();
    }
    try {
      if (!thread.join(wait)) {
        thread.interrupt();
        thread.join(settings.timeout());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.shutdownNow();
    synchronized (queue) {
      dropped += queue.size();
      queue.clear();
      if (dropped + failed > 0) {
        log.accept(
            "notice webhook: "
                + delivered
                + " delivered, "
                + dropped
                + " dropped, "
                + failed
                + " failed");
      }
    }
  }
}
