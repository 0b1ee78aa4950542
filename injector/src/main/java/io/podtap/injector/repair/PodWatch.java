/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.core.agent.Threads;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.repair.audit.ClusterPods;
import io.podtap.injector.repair.audit.Finding;
import io.podtap.injector.repair.audit.PodAudit;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of all pods, kept up to date: listed once, then watched; a watch that ends goes on
 * where it was. They are listed again when a namespace's labels change so that its pods are judged
 * otherwise, when the API server has forgotten that version (410), and every half an hour, since
 * some findings are a matter of time. Its own threads write, any thread reads.
 */
final class PodWatch implements AutoCloseable {

  private static final int WATCH_SECONDS = 300;
  private static final Duration LIST_EVERY = Duration.ofMinutes(30);
  private static final long RETRY_MS = 5_000;
  private static final int GONE = 410;

  /** Namespaces are often labelled one after another. */
  private static final long SETTLE_MS = 1_000;

  private final ClusterPods pods;
  private final PodAudit judgement;
  private final Consumer<String> notes;
  private @Nullable PodTable table;
  private List<Finding> owners = List.of();
  private @Nullable Thread thread;
  private volatile boolean isWanted;
  private volatile String problem = "";

  /**
   * @param notes told what cannot be looked at, again and again
   */
  PodWatch(ClusterPods pods, PodAudit judgement, Consumer<String> notes) {
    this.notes = notes;
    this.pods = pods;
    this.judgement = judgement;
  }

  /** Begins to follow the pods, or ends it; cheap when nothing changes. One thread. */
  void follow(boolean wanted) {
    isWanted = wanted;
    if (wanted && (thread == null || !thread.isAlive())) {
      thread = Threads.start("repair-watch", this::run);
    } else if (!wanted) {
      close();
    }
  }

  /** Returns whether all pods have been seen. */
  synchronized boolean isComplete() {
    return table != null;
  }

  /** Returns what is known now; nothing until all pods have been seen. */
  synchronized Sight sight() {
    return table == null ? new Sight(List.of(), Set.of(), Set.of()) : table.sight(owners);
  }

  /** Returns why it does not see the pods, or an empty text. */
  String problem() {
    return problem;
  }

  private void run() {
    while (isWanted && !Thread.currentThread().isInterrupted()) {
      CompletableFuture<Boolean> isRelabelled = new CompletableFuture<>();
      try {
        follow(isRelabelled);
      } catch (RefusedException e) {
        if (e.status() != GONE) {
          tell(e, isRelabelled);
        }
      } catch (IOException e) {
        tell(e, isRelabelled);
      } finally {
        isRelabelled.complete(false); // ends the watch of namespaces
      }
      if (isRelabelled.join()) {
        pause(SETTLE_MS);
      }
    }
  }

  private void tell(IOException e, CompletableFuture<Boolean> isRelabelled) {
    if (isWanted && !isRelabelled.getNow(false)) {
      problem = String.valueOf(e.getMessage());
      pause(RETRY_MS);
    }
  }

  private void follow(CompletableFuture<Boolean> isRelabelled) throws IOException {
    PodTable next = new PodTable(pods.scene(), judgement);
    Instant listAgain = Instant.now().plus(LIST_EVERY);
    String version = pods.list((pod, isWhole) -> next.take("ADDED", pod, isWhole, Instant.now()));
    synchronized (this) {
      table = isWanted ? next : null;
    }
    problem = "";
    Thread _ = Threads.start("repair-namespaces", () -> awaitLabels(next.scene(), isRelabelled));
    while (isWanted && !isRelabelled.isDone() && Instant.now().isBefore(listAgain)) {
      List<Finding> refused = pods.refused(next.scene(), judgement, notes);
      synchronized (this) {
        owners = refused;
      }
      String seen =
          pods.watch(
              version, WATCH_SECONDS, isRelabelled, (event, pod) -> isTaken(next, event, pod));
      version = seen.isEmpty() ? version : seen;
      if (pods.isOutdated(next.scene())) {
        return;
      }
    }
  }

  private synchronized boolean isTaken(
      PodTable taker, String event, Map<String, @Nullable Object> pod) {
    taker.take(event, pod, true, Instant.now());
    return isWanted;
  }

  /** Without this watch, a change of labels waits for the next list. */
  private void awaitLabels(ClusterPods.Scene scene, CompletableFuture<Boolean> isRelabelled) {
    String version = scene.version();
    while (!isRelabelled.isDone()) {
      try {
        String seen =
            pods.watchNamespaces(
                version,
                WATCH_SECONDS,
                isRelabelled,
                (event, namespace) -> {
                  if (!event.equals("DELETED") && scene.isOutdatedBy(namespace)) {
                    isRelabelled.complete(true);
                  }
                  return !isRelabelled.isDone();
                });
        version = seen.isEmpty() ? version : seen;
      } catch (IOException e) {
        if (e instanceof RefusedException refused && refused.status() == GONE) {
          isRelabelled.complete(true); // what has changed since is not known
        } else if (!isRelabelled.isDone()) {
          problem = String.valueOf(e.getMessage());
          pause(RETRY_MS);
        }
      }
    }
  }

  /** Several webhooks, and watches that one restart of the API server ended, do not ask at once. */
  private static void pause(long ms) {
    try {
      Thread.sleep(ms + ThreadLocalRandom.current().nextLong(ms));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    isWanted = false;
    synchronized (this) {
      table = null;
    }
    if (thread != null) {
      thread.interrupt();
    }
  }
}
