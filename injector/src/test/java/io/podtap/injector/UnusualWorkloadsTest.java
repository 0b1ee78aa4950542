/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.testing.Rewriting;
import io.podtap.injector.testing.UnusualWorkload;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Manifests that are seldom seen are injected, or it is said why not, and come back to the byte.
 */
final class UnusualWorkloadsTest {

  static List<UnusualWorkload> all() {
    return UnusualWorkload.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void isInjectedAndGivenBack(UnusualWorkload workload) {
    Rewriting injected = Rewritings.inject(workload.text());
    assertThat(injected.exitCode()).as(injected.said()).isZero();
    assertThat(injected.said()).contains(workload.word());
    assertThat(injected.said().lines().filter(line -> line.endsWith("injected")))
        .as(injected.said())
        .hasSize(workload.taps());
    if (workload.taps() == 0) {
      assertThat(injected.out()).isEqualTo(workload.text());
    }
    assertThat(Rewritings.inject(injected.out()).out()).isEqualTo(injected.out());
    assertThat(Rewritings.uninject(injected.out()).out()).isEqualTo(workload.text());
  }

  @Test
  void thereAreMany() {
    assertThat(UnusualWorkload.all().stream().map(UnusualWorkload::name))
        .hasSizeGreaterThan(150)
        .doesNotHaveDuplicates();
  }
}
