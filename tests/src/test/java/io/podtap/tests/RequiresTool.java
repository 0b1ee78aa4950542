/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Runs a test only where programs that it uses as oracle or peer are installed. Skipped with the
 * reason elsewhere; in CI ({@code CI=true}) a missing one is a failure.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresTool.Condition.class)
@interface RequiresTool {

  /** Names of programs, as on the command line. */
  String[] value();

  /** Looks along the PATH. */
  final class Condition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      List<String> missing =
          AnnotationSupport.findAnnotation(context.getElement(), RequiresTool.class).stream()
              .flatMap(annotation -> Arrays.stream(annotation.value()))
              .filter(tool -> !isInstalled(tool))
              .toList();
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled("every tool is installed");
      }
      String reason = "needs the programs " + String.join(", ", missing);
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException(reason + "; in CI they must be installed");
      }
      return ConditionEvaluationResult.disabled(reason);
    }

    private static boolean isInstalled(String tool) {
      String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
      return Arrays.stream(path.split(":", -1))
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }
  }
}
