/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.testing.Eventually;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TimedRequestsTest {

  private static final int MORE_THAN_PLACES = 500;

  /** A request that is given up before its thread has run leaves its place, too. */
  @Test
  void lateRequestsKeepNoPlace() throws Exception {
    PrintStream log = System.err;
    try (TimedRequests requests =
        new TimedRequests((_, _, _, _) -> new ClusterApi.Answer(200, Map.of()), "test", log)) {
      for (int i = 0; i < MORE_THAN_PLACES; i++) {
        requests.send("GET", "/", "", null, System.nanoTime() - 1);
      }
      for (int i = 0; i < MORE_THAN_PLACES; i++) {
        Eventually.await(() ->
            requests
                .send("GET", "/", "", null, System.nanoTime() + TimeUnit.SECONDS.toNanos(10))
                .isPresent());
      }
    }
  }
}
