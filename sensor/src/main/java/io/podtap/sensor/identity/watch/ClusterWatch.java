/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.core.agent.Backoff;
import io.podtap.core.agent.Threads;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.sensor.identity.Bindings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Watches pods, services and nodes, on demand endpoints of services too, and keeps {@link Bindings}
 * by what it hears, on threads of its own, until {@link #close}. Any thread.
 */
public final class ClusterWatch implements AutoCloseable {

  /** Sensors that start together ask for their first list within so long. */
  private static final long START_MS_MAX = 1_000;

  /**
   * What was counted.
   *
   * @param requests lists' pages and watches
   * @param lists that were begun
   * @param failures requests that failed or watches that broke
   * @param objects that exist
   * @param omitted labels, containers, ports and addresses beyond what is kept of one object
   * @param isCurrent whether all watches are open
   */
  public record Counts(
      long requests, long lists, long failures, int objects, long omitted, boolean isCurrent) {
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, false);
  }

  private final List<ObjectWatch> watches;
  private final Bindings bindings;

  /** Whether pods of all namespaces are asked for. */
  private final boolean isWhole;

  /**
   * @param watches that somebody runs
   * @param isWhole whether they are about all of the cluster
   */
  ClusterWatch(List<ObjectWatch> watches, Bindings bindings, boolean isWhole) {
    this.watches = List.copyOf(watches);
    this.bindings = bindings;
    this.isWhole = isWhole;
    bindings.apiKnown(Long.MAX_VALUE, /* allToldNs= */ 0, /* isWhole= */ false);
  }

  /**
   * Begins to watch.
   *
   * @param namespaces whose pods and services are watched; empty for all of the cluster
   * @param hasEndpoints whether what is behind services is watched as well
   * @param clock nanoseconds since 1970
   * @param log takes one line when something is wrong
   */
  public static ClusterWatch start(
      ServiceAccount account,
      List<String> namespaces,
      boolean hasEndpoints,
      Bindings bindings,
      LongSupplier clock,
      Consumer<String> log) {
    return start(account, namespaces, hasEndpoints, bindings, clock, log, START_MS_MAX);
  }

  static ClusterWatch start(
      ServiceAccount account,
      List<String> namespaces,
      boolean hasEndpoints,
      Bindings bindings,
      LongSupplier clock,
      Consumer<String> log,
      long startMsMax) {
    List<String> where = namespaces.isEmpty() ? List.of("") : namespaces;
    List<BindingReader> readers = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (String namespace : where) {
      readers.add(new PodReader());
      places.add(namespace);
      readers.add(new ServiceReader());
      places.add(namespace);
      if (hasEndpoints) {
        readers.add(new EndpointSliceReader());
        places.add(namespace);
      }
    }
    readers.add(new NodeReader());
    places.add("");
    List<ObjectWatch> watches = new ArrayList<>();
    for (int i = 0; i < readers.size(); i++) {
      Backoff backoff = new Backoff(ThreadLocalRandom.current().nextLong());
      watches.add(
          new ObjectWatch(
              account,
              readers.get(i),
              places.get(i),
              bindings,
              clock,
              log,
              backoff,
              ObjectWatch.Patience.usual(startMsMax)));
    }
    ClusterWatch all = new ClusterWatch(watches, bindings, namespaces.isEmpty());
    for (int i = 0; i < readers.size(); i++) {
      Threads.startRestartable("identity-" + readers.get(i).plural(), watches.get(i)::run);
    }
    return all;
  }

  /**
   * Tells the bindings what is known up to when. To be called every second.
   *
   * <p>Each kind that was listed once counts for the names that are there, whatever became of the
   * others. A kind that may not be read and never was is not waited for.
   */
  public void advance(long nowNs) {
    long namesHoldNs = Long.MAX_VALUE;
    long allToldNs = Long.MAX_VALUE;
    boolean hasAll = isWhole;
    for (ObjectWatch watch : watches) {
      long currentNs = watch.currentNs(nowNs);
      boolean wasListed = currentNs > 0;
      if (wasListed && currentNs < nowNs) {
        namesHoldNs = Math.min(namesHoldNs, currentNs);
      }
      if (wasListed || !watch.isForbidden()) {
        allToldNs = Math.min(allToldNs, currentNs);
      }
      hasAll &= wasListed;
    }
    bindings.apiKnown(namesHoldNs, allToldNs, hasAll);
  }

  /** Returns what is wrong, a line for each kind of object; empty when all is well. */
  public String problem() {
    return String.join(
        "\n",
        watches.stream()
            .map(ObjectWatch::problem)
            .filter(line -> !line.isEmpty())
            .distinct()
            .toList());
  }

  /** Returns what was counted. */
  public Counts counts() {
    long nowNs = Long.MAX_VALUE;
    return new Counts(
        watches.stream().mapToLong(ObjectWatch::requests).sum(),
        watches.stream().mapToLong(ObjectWatch::lists).sum(),
        watches.stream().mapToLong(ObjectWatch::failures).sum(),
        watches.stream().mapToInt(ObjectWatch::objects).sum(),
        watches.stream().mapToLong(ObjectWatch::omitted).sum(),
        watches.stream().allMatch(watch -> watch.currentNs(nowNs) == nowNs));
  }

  @Override
  public void close() {
    watches.forEach(ObjectWatch::close);
  }
}
