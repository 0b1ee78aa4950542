/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.injector.inject.WellKnownNames;
import io.podtap.injector.tree.Tree;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Images of taps that nodes cannot pull. Whoever sees pods hands them in; for some minutes after a
 * tap was seen to wait for its image, no pod is given that image. Any thread.
 */
public final class PullFailures {

  /** How many images there are. */
  static final MetricGroup<PullFailures> METRICS =
      MetricGroup.<PullFailures>of("podtap_webhook_", "images of taps", "")
          .gauge(
              "images_not_pullable",
              "Images that no pod is given at present, since nodes cannot pull them.",
              PullFailures::count)
          .build();

  private static final long KEPT_NS = TimeUnit.MINUTES.toNanos(5);
  private static final int IMAGES_MAX = 64;
  private static final int IMAGE_LENGTH_MAX = 512;

  /** See k8s.io/kubernetes/pkg/kubelet/images/types.go. */
  private static final Set<String> REASONS =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "RegistryUnavailable",
          "ImageInspectError",
          "SignatureValidationFailed");

  /** A failure, as it was seen last. */
  private record Seen(String reason, long sinceNs) {}

  private final PrintStream log;
  private final LongSupplier clock;
  private final Map<String, Seen> failures = new HashMap<>();

  public PullFailures(PrintStream log) {
    this(log, System::nanoTime);
  }

  /** As the other, by another clock. */
  PullFailures(PrintStream log, LongSupplier clock) {
    this.log = log;
    this.clock = clock;
  }

  /**
   * Takes a pod as the API server has it.
   *
   * @return whether its tap waits for an image
   */
  public boolean see(@Nullable Object pod) {
    String namespace = Tree.text(pod, "metadata", "namespace");
    boolean isFailure = false;
    for (String kind : List.of("initContainer", "container", "ephemeralContainer")) {
      for (Object status : Tree.list(Tree.at(pod, "status", kind + "Statuses"))) {
        String reason = Tree.text(status, "state", "waiting", "reason");
        String name = Tree.text(status, "name");
        if (name.equals(WellKnownNames.CONTAINER) && REASONS.contains(reason)) {
          String image = image(pod, kind + 's', name);
          add(image, reason, namespace + '/' + Tree.text(pod, "metadata", "name"));
          isFailure = true;
        }
      }
    }
    return isFailure;
  }

  /** Takes an image that somebody else, who follows the pods, saw a tap wait for. */
  public void seeImage(String image) {
    add(image, "ErrImagePull", "that repair has looked at");
  }

  /** The status has the image in the runtime's words; what the pod asks for is what counts here. */
  private static String image(@Nullable Object pod, String list, String name) {
    for (Object container : Tree.list(Tree.at(pod, "spec", list))) {
      if (Tree.text(container, "name").equals(name)) {
        return Tree.text(container, "image");
      }
    }
    return "";
  }

  private synchronized void add(String image, String reason, String pod) {
    forget();
    boolean isKnown = failures.containsKey(image);
    if (image.isEmpty()
        || image.length() > IMAGE_LENGTH_MAX
        || (!isKnown && failures.size() >= IMAGES_MAX)) {
      return;
    }
    failures.put(image, new Seen(reason, clock.getAsLong()));
    if (!isKnown) {
      log.println(
          "podtap: image "
              + image.replaceAll("[^ -~]", "?")
              + " of the tap in pod "
              + pod
              + ": "
              + reason
              + "; no pod is given it for 5 minutes");
    }
  }

  private void forget() {
    long now = clock.getAsLong();
    failures.values().removeIf(seen -> now - seen.sinceNs() > KEPT_NS);
  }

  /** Returns why nodes do not have an image, in the kubelet's word, or an empty text. */
  public synchronized String reason(String image) {
    forget();
    Seen seen = failures.get(image);
    return seen == null ? "" : seen.reason();
  }

  private synchronized int count() {
    forget();
    return failures.size();
  }
}
