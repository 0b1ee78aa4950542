/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs a test only where network namespaces can be made: root with CAP_NET_ADMIN and CAP_SYS_ADMIN,
 * and the {@code ip} command. Skipped with the reason elsewhere; where the environment says {@code
 * CI=true} it fails instead, since nobody would notice there that it never runs.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresRoot.Condition.class)
public @interface RequiresRoot {

  /** Asks {@link NetworkNamespace} once. */
  final class Condition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return decide(NetworkNamespace.obstacle(), System.getenv("CI"));
    }

    static ConditionEvaluationResult decide(String obstacle, @Nullable String ci) {
      if (obstacle.isEmpty()) {
        return ConditionEvaluationResult.enabled("network namespaces can be made");
      }
      if ("true".equalsIgnoreCase(ci)) {
        throw new IllegalStateException("CI=true, but this test " + obstacle);
      }
      return ConditionEvaluationResult.disabled(obstacle);
    }
  }
}
