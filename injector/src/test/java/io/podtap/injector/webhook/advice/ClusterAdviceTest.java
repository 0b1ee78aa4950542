/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.Outcome;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Questions that are answered, refused, late or not allowed. */
final class ClusterAdviceTest {

  private static final long LONG_NS = 20_000_000_000L;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final PrintStream lines = new PrintStream(log, true, StandardCharsets.UTF_8);
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  private String said() {
    return log.toString(StandardCharsets.UTF_8);
  }

  private static ClusterApi.Answer answer(int status, String message) {
    return new ClusterApi.Answer(status, Map.of("message", message));
  }

  private static ClusterApi.Answer denied() {
    return answer(
        403,
        "pods is forbidden: User \"me\" cannot create resource \"pods\" in API group \"\" in the"
            + " namespace \"shop\"");
  }

  private static Map<String, @Nullable Object> pod(String image) throws IOException {
    try {
      return Tree.map(
          JsonText.read(
              "{\"metadata\": {\"name\": \"a\"}, \"spec\": {\"initContainers\": [{\"name\":"
                  + " \"podtap\", \"image\": \""
                  + image
                  + "\"}], \"containers\": [{\"name\": \"a\"}]}}"));
    } catch (JsonText.MalformedException e) {
      throw new IOException(e);
    }
  }

  private static boolean hasTap(@Nullable Object pod) {
    return !Tree.list(Tree.at(pod, "spec", "initContainers")).isEmpty();
  }

  private ClusterAdvice advice(ClusterApi.Answer with, ClusterApi.Answer without) {
    return ClusterAdvice.of(
        (method, path, type, body) -> {
          asked.add(method + ' ' + path + ' ' + hasTap(body));
          assertThat(Tree.text(body, "metadata", "labels", "podtap.io/inject"))
              .isEqualTo("disabled");
          return hasTap(body) ? with : without;
        },
        true,
        new PullFailures(lines),
        lines);
  }

  private static Optional<Outcome.Unchanged> objection(ClusterAdvice advice) throws Exception {
    Map<String, @Nullable Object> before = new java.util.LinkedHashMap<>(pod("x"));
    before.put("spec", Map.of("containers", List.of(Map.of("name", "a"))));
    return advice.objection("shop", before, pod("podtap:1"), System.nanoTime() + LONG_NS);
  }

  @Test
  void onlyAPodThatIsRefusedForItsTapStaysAsItIs() throws Exception {
    ClusterApi.Answer good = answer(201, "");
    ClusterApi.Answer bad = answer(403, "pods \"podtap-dry-run-x1\" is forbidden: no uid 0");
    try (ClusterAdvice advice = advice(good, bad)) {
      assertThat(objection(advice)).isEmpty();
      assertThat(asked).containsExactly("POST /api/v1/namespaces/shop/pods?dryRun=All true");
      assertThat(objection(advice)).isEmpty();
      assertThat(asked).as("is known").hasSize(1);
    }
    try (ClusterAdvice advice = advice(bad, good)) {
      Outcome.Unchanged objection = objection(advice).orElseThrow();
      assertThat(objection.reason()).isEqualTo(Reason.WOULD_BE_REFUSED);
      assertThat(objection.text()).isEqualTo("pods is forbidden: no uid 0");
    }
    try (ClusterAdvice advice = advice(bad, bad)) {
      assertThat(objection(advice)).isEmpty();
    }
    for (int status : List.of(404, 409, 429, 500, 503)) {
      try (ClusterAdvice advice = advice(answer(status, ""), good)) {
        assertThat(objection(advice)).as("%d says nothing", status).isEmpty();
        assertThat(MetricsPort.text(MetricsFormat.TEXT, advice::metrics))
            .contains("podtap_webhook_dry_runs_unknown_total 1");
      }
    }
    assertThat(said()).isEmpty();
  }

  @Test
  void withoutTheRightItIsAskedOnceAndSaid() throws Exception {
    try (ClusterAdvice advice = advice(denied(), denied())) {
      assertThat(objection(advice)).isEmpty();
      assertThat(objection(advice)).isEmpty();
    }
    assertThat(asked).hasSize(1);
    assertThat(said().lines()).hasSize(1).first().asString().contains("dry-run-check is off: me");
  }

  @Test
  void aServerThatDoesNotAnswerCostsNoMoreThanTheTime() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (ClusterAdvice advice =
        ClusterAdvice.of(
            (method, path, type, body) -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new IOException("given up");
            },
            true,
            new PullFailures(lines),
            lines)) {
      long soon = System.nanoTime() + 50_000_000;
      assertThat(advice.limits("shop", soon).isEmpty()).isTrue();
      assertThat(advice.objection("shop", Map.of(), pod("podtap:1"), soon)).isEmpty();
      assertThat(MetricsPort.text(MetricsFormat.TEXT, advice::metrics))
          .contains("{purpose=\"dry-run-check\",result=\"late\"} 1");
    }
  }

  @Test
  void imagesThatNodesCannotPullAreLeftOutForSomeMinutes() throws Exception {
    AtomicLong now = new AtomicLong();
    PullFailures failures = new PullFailures(lines, now::get);
    String waiting =
        "{\"metadata\": {\"namespace\": \"shop\", \"name\": \"a\"}, \"spec\": {\"initContainers\":"
            + " [{\"name\": \"podtap\", \"image\": \"far/podtap:1\"}]}, \"status\":"
            + " {\"initContainerStatuses\": [{\"name\": \"podtap\", \"state\": {\"waiting\":"
            + " {\"reason\": \"%s\"}}}]}}";
    try (ClusterAdvice advice =
        ClusterAdvice.of(
            (method, path, type, body) -> {
              asked.add(path);
              Object item = parse(waiting.formatted("ImagePullBackOff"));
              return new ClusterApi.Answer(
                  200, Map.of("items", List.of(item), "metadata", Map.of()));
            },
            false,
            failures,
            lines)) {
      assertThat(failures.see(parse(waiting.formatted("PodInitializing")))).isFalse();
      advice.look();
      assertThat(asked)
          .containsExactly("/api/v1/pods?fieldSelector=status.phase%3DPending&limit=20");
      assertThat(said()).contains("image far/podtap:1 of the tap in pod shop/a: ImagePullBackOff");
      long end = System.nanoTime() + LONG_NS;
      Outcome.Unchanged objection =
          advice.objection("other", Map.of(), pod("far/podtap:1"), end).orElseThrow();
      assertThat(objection.reason()).isEqualTo(Reason.IMAGE_NOT_PULLABLE);
      assertThat(advice.objection("other", Map.of(), pod("near/podtap:1"), end)).isEmpty();
      assertThat(MetricsPort.text(MetricsFormat.TEXT, advice::metrics))
          .contains("podtap_webhook_images_not_pullable 1");
      now.addAndGet(301_000_000_000L);
      assertThat(advice.objection("other", Map.of(), pod("far/podtap:1"), end)).isEmpty();
      assertThat(MetricsPort.text(MetricsFormat.TEXT, advice::metrics))
          .contains("podtap_webhook_images_not_pullable 0");
    }
  }

  private static Object parse(String json) {
    try {
      return java.util.Objects.requireNonNull(JsonText.read(json));
    } catch (JsonText.MalformedException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void limitsAreKeptButNotThoseOfQuotas() throws Exception {
    String[] quotas = {"[]"};
    try (ClusterAdvice advice =
        ClusterAdvice.of(
            (method, path, type, body) -> {
              asked.add(path);
              String items =
                  path.contains("resourcequotas")
                      ? quotas[0]
                      : "[{\"spec\": {\"limits\": [{\"type\": \"Pod\"}]}}]";
              return new ClusterApi.Answer(200, Tree.map(parse("{\"items\": " + items + "}")));
            },
            false,
            new PullFailures(lines),
            lines)) {
      long end = System.nanoTime() + LONG_NS;
      assertThat(advice.limits("shop", end).isEmpty()).isFalse();
      assertThat(advice.limits("shop", end).hasQuotas()).isFalse();
      assertThat(asked)
          .containsExactlyInAnyOrder(
              "/api/v1/namespaces/shop/limitranges?limit=100",
              "/api/v1/namespaces/shop/resourcequotas?limit=100");
      quotas[0] = "[{\"spec\": {\"hard\": {\"pods\": \"1\"}}}]";
      assertThat(advice.limits("other", end).hasQuotas()).isTrue();
      assertThat(advice.limits("other", end).hasQuotas()).isTrue();
      assertThat(asked).as("a quota changes with every pod").hasSize(6);
    }
  }
}
