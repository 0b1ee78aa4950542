/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricsText;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.inject.limits.NamespaceLimits;
import io.podtap.injector.tree.Tree;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks the API server, as far as the webhook's account may. */
public final class ClusterAdvice implements Advice, AutoCloseable {

  /** What is counted of questions to the cluster. */
  public static final List<MetricGroup<?>> METRICS =
      List.of(TimedRequests.METRICS, LimitsReader.METRICS, DryRun.METRICS, PullFailures.METRICS);

  private final TimedRequests ranges;
  private final TimedRequests quotas;
  private final TimedRequests dryRuns;
  private final TimedRequests pods;
  private final LimitsReader limits;
  private final DryRun dryRun;
  private final boolean asksDryRuns;
  private final PullFailures failures;
  private final PullWatch watch;

  private ClusterAdvice(
      TimedRequests.Api api, boolean asksDryRuns, PullFailures failures, PrintStream log) {
    ranges = new TimedRequests(api, "limit-ranges", log);
    quotas = new TimedRequests(api, "quotas", log);
    dryRuns = new TimedRequests(api, "dry-run-check", log);
    pods = new TimedRequests(api, "image-check", log);
    limits = new LimitsReader(ranges, quotas);
    dryRun = new DryRun(dryRuns);
    this.asksDryRuns = asksDryRuns;
    this.failures = failures;
    watch = new PullWatch(pods, failures);
  }

  /**
   * Begins to look at pods that have not started.
   *
   * @param asksDryRuns whether the API server is asked before a tap is put into a pod
   * @param log told once of each right that is missing
   */
  public static ClusterAdvice start(
      ClusterApi api, boolean asksDryRuns, PullFailures failures, PrintStream log) {
    ClusterAdvice advice = of(api::send, asksDryRuns, failures, log);
    advice.watch.start();
    return advice;
  }

  /** As {@link #start}, without looking at pods. */
  static ClusterAdvice of(
      TimedRequests.Api api, boolean asksDryRuns, PullFailures failures, PrintStream log) {
    return new ClusterAdvice(api, asksDryRuns, failures, log);
  }

  /** Looks at the pods that have not started, once. */
  void look() {
    watch.look();
  }

  @Override
  public NamespaceLimits limits(String namespace, long deadlineNs) {
    return limits.limits(namespace, deadlineNs);
  }

  @Override
  public NamespaceLimits newLimits(String namespace, long deadlineNs) {
    return limits.newLimits(namespace, deadlineNs);
  }

  @Override
  public boolean isAccepted(
      String namespace, Map<String, @Nullable Object> injected, long deadlineNs) {
    return failures.reason(image(injected)).isEmpty()
        && asksDryRuns
        && dryRun.isAccepted(namespace, injected, deadlineNs);
  }

  @Override
  public Optional<Outcome.Unchanged> objection(
      String namespace,
      Map<String, @Nullable Object> pod,
      Map<String, @Nullable Object> injected,
      long deadlineNs) {
    String image = image(injected);
    String reason = failures.reason(image);
    if (!reason.isEmpty()) {
      return Optional.of(
          new Outcome.Unchanged(
              Reason.IMAGE_NOT_PULLABLE, "taps of image " + image + " wait for it: " + reason));
    }
    return asksDryRuns
        ? dryRun
            .refusal(namespace, pod, injected, deadlineNs)
            .map(text -> new Outcome.Unchanged(Reason.WOULD_BE_REFUSED, text))
        : Optional.empty();
  }

  private static String image(Map<String, @Nullable Object> pod) {
    for (String list : List.of("initContainers", "containers")) {
      for (Object container : Tree.list(Tree.at(pod, "spec", list))) {
        if (Tree.text(container, "name").equals(WellKnownNames.CONTAINER)) {
          return Tree.text(container, "image");
        }
      }
    }
    return "";
  }

  /** Adds the counters. */
  public void metrics(MetricsText text) {
    text.add(Stream.of(ranges, quotas, dryRuns, pods).map(TimedRequests.METRICS::read).toList())
        .add(LimitsReader.METRICS.read(limits))
        .add(DryRun.METRICS.read(dryRun))
        .add(PullFailures.METRICS.read(failures));
  }

  @Override
  public void close() {
    watch.close();
    limits.close();
    List.of(ranges, quotas, dryRuns, pods).forEach(TimedRequests::close);
  }
}
