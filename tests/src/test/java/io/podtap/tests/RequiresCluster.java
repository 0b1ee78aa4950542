/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs a test only where a cluster is named for it, as {@code tests/cluster/run} does. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresCluster.Condition.class)
@interface RequiresCluster {

  /** Asks the environment. */
  final class Condition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return Cluster.named().isPresent()
          ? ConditionEvaluationResult.enabled("a cluster is named")
          : ConditionEvaluationResult.disabled(
              "needs a cluster: CLUSTER_TEST_KUBECONFIG names none; tests/cluster/run brings one up");
    }
  }
}
