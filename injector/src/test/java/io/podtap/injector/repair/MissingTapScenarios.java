/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.repair.audit.ClusterPods;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which pods have no tap, and why. */
interface MissingTapScenarios {

  /** Returns the cluster of all scenarios. */
  RepairCluster cluster();

  @Test
  default void everyPodWithoutATapIsFoundWithItsReason() throws Exception {
    cluster().namespace("late", "\"a\": \"b\"");
    cluster().pod("late", "before", "", "");
    Thread.sleep(1_100);
    cluster().label("late", "\"enabled\"");
    Thread.sleep(1_100);
    cluster().pod("late", "missed", "", "");
    cluster().pod("late", "host", "", ", \"hostNetwork\": true");
    cluster().pod("late", "no", ", \"labels\": {\"podtap.io/inject\": \"disabled\"}", "");
    cluster()
        .pod(
            "late",
            "tapped",
            ", \"annotations\": {\"podtap.io/injected\": \"{}\"}",
            ", \"initContainers\": [{\"name\": \"podtap\", \"image\": \"podtap:1\","
                + " \"restartPolicy\": \"Always\"}]");

    assertThat(cluster().words("late"))
        .containsExactlyInAnyOrder(
            "before missing before-label",
            "missed missing webhook-unavailable",
            "host impossible host-network",
            "no opted-out opted-out");
    assertThat(cluster().words("early")).containsExactly("old missing before-webhook");
    assertThat(cluster().words("default")).isEmpty();
  }

  @Test
  default void aNamespaceThatIsLabelledIsLookedAtAtOnce() throws Exception {
    cluster().namespace("later", "\"a\": \"b\"");
    cluster().pod("later", "plain", "", "");
    ClusterPods pods = new ClusterPods(cluster().api(), "", "", "podtap-webhook");
    try (PodWatch watch = new PodWatch(pods, RepairCluster.AUDIT, cluster().notes()::add)) {
      watch.follow(true);
      await(watch::isComplete);
      assertThat(namesOf(watch)).doesNotContain("later/plain");
      cluster().label("later", "\"enabled\"");
      long start = System.nanoTime();
      await(() -> namesOf(watch).contains("later/plain"));
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
      cluster().label("later", "null");
      await(() -> !namesOf(watch).contains("later/plain"));
      assertThat(watch.problem()).isEmpty();
    }
  }

  private static List<String> namesOf(PodWatch watch) {
    return watch.sight().findings().stream()
        .map(finding -> finding.namespace() + '/' + finding.name())
        .toList();
  }
}
