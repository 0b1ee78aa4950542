/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import io.podtap.core.agent.Threads;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricsText;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.repair.audit.ClusterPods;
import io.podtap.injector.repair.audit.PodAudit;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The loop that keeps looking: a watch follows the pods on one thread, on another what it knows is
 * told and repaired, every few seconds, by the replica that holds the lease.
 */
public final class RepairController implements AutoCloseable {

  private static final long STEP_MS = 5_000;

  private final LeaderLease lease;
  private final PodWatch watch;
  private final Repairer repairer;
  private final RepairCounters counters = new RepairCounters();
  private final Consumer<String> unpullable;
  private final PrintStream log;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private final Set<String> noted = ConcurrentHashMap.newKeySet();
  private String told = "";

  private RepairController(
      ClusterApi api,
      PodAudit judgement,
      String configuration,
      boolean restarts,
      String identity,
      Consumer<String> unpullable,
      PrintStream log) {
    this.unpullable = unpullable;
    this.log = log;
    lease = new LeaderLease(api, identity);
    watch = new PodWatch(new ClusterPods(api, "", "", configuration), judgement, this::note);
    repairer = new Repairer(api, restarts, judgement.template().toString(), lease, counters, log);
    thread = Threads.unstarted("repair", this::run);
  }

  /**
   * Begins.
   *
   * @param configuration name of the MutatingWebhookConfiguration
   * @param restarts whether owners are restarted, or pods only told of
   * @param identity of this replica, unique
   * @param unpullable told again and again, while it leads, of images that taps wait for; before an
   *     owner is put back, after which nobody may wait for it any more
   * @param log told in single lines what is done and what goes wrong
   */
  public static RepairController start(
      ClusterApi api,
      PodAudit judgement,
      String configuration,
      boolean restarts,
      String identity,
      Consumer<String> unpullable,
      PrintStream log) {
    RepairController controller =
        new RepairController(api, judgement, configuration, restarts, identity, unpullable, log);
    controller.thread.start();
    return controller;
  }

  private void run() {
    try {
      do {
        step();
      } while (!stopped.await(STEP_MS, TimeUnit.MILLISECONDS));
      lease.release(Instant.now());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.println("podtap: repair: " + e.getMessage());
    } finally {
      watch.close();
    }
  }

  /** What may not be looked at is said once. */
  private void note(String text) {
    if (noted.add(text)) {
      log.println("podtap: repair: " + text);
    }
  }

  private void step() {
    String problem = "";
    try {
      boolean leads = lease.hold(Instant.now());
      counters.leader(leads);
      watch.follow(leads);
      problem = watch.problem();
      if (leads && watch.isComplete()) {
        Sight sight = watch.sight();
        sight.unpullableImages().forEach(unpullable);
        repairer.step(sight, Instant.now());
      }
    } catch (RefusedException e) {
      problem = String.valueOf(e.getMessage());
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
    counters.problem(problem);
    String present = counters.problem();
    if (!present.isEmpty() && !present.equals(told)) {
      log.println("podtap: repair: " + present);
    }
    told = present;
  }

  /** What is counted of repair. */
  public static final List<MetricGroup<?>> METRICS = RepairCounters.METRICS;

  /** Adds the counters. */
  public void metrics(MetricsText text) {
    counters.metrics(text);
  }

  /** Returns what goes wrong, or an empty text. */
  public String problem() {
    return counters.problem();
  }

  @Override
  public void close() {
    stopped.countDown();
    watch.close();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
