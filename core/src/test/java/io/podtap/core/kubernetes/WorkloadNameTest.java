/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a pod's controller is called. */
final class WorkloadNameTest {

  @Test
  void findsTheControllerBehindTheController() {
    assertThat(WorkloadName.of("ReplicaSet", "cart-5d8f", "5d8f", ""))
        .isEqualTo(new WorkloadName("Deployment", "cart"));
    assertThat(WorkloadName.of("ReplicaSet", "cart-5d8f", "", "5d8f"))
        .isEqualTo(new WorkloadName("Rollout", "cart"));
    assertThat(WorkloadName.of("ReplicaSet", "cart", "5d8f", ""))
        .isEqualTo(new WorkloadName("ReplicaSet", "cart"));
    assertThat(WorkloadName.of("Job", "backup-29407680", "", ""))
        .isEqualTo(new WorkloadName("CronJob", "backup"));
    assertThat(WorkloadName.of("Job", "backup-1", "", ""))
        .isEqualTo(new WorkloadName("Job", "backup-1"));
    assertThat(WorkloadName.of("StatefulSet", "db", "", ""))
        .isEqualTo(new WorkloadName("StatefulSet", "db"));
    assertThat(WorkloadName.of("Database", "db", "", ""))
        .isEqualTo(new WorkloadName("Database", "db"));
    assertThat(WorkloadName.of("Node", "n1", "", "")).isEqualTo(WorkloadName.NONE);
    assertThat(WorkloadName.of("", "", "", "")).isEqualTo(WorkloadName.NONE);
  }
}
