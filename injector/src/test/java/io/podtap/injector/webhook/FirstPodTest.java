/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static io.podtap.injector.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.podtap.core.metrics.MetricsFormat;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.Reason;
import io.podtap.injector.inject.limits.Quantity;
import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import io.podtap.injector.webhook.advice.ClusterAdvice;
import io.podtap.injector.webhook.advice.PullFailures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first pod of a namespace with a LimitRange gets a tap that fits, however the webhook comes to
 * know the LimitRange: at an API server that answers late, or has just granted the right.
 */
final class FirstPodTest {

  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

  /** Of which half is spent. */
  private static final long LESS_PATIENCE_NS = TimeUnit.SECONDS.toNanos(8);

  private static final BigDecimal MAX = BigDecimal.valueOf(128L << 20);
  private static final String RANGE =
      "{\"items\": [{\"metadata\": {\"name\": \"small\"}, \"spec\": {\"limits\": [{\"type\":"
          + " \"Container\", \"max\": {\"memory\": \"128Mi\"}}]}}]}";

  @TempDir private static Path identity;
  @TempDir private Path account;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final AtomicInteger rangesAsked = new AtomicInteger();
  private final AtomicInteger tried = new AtomicInteger();
  private final CountDownLatch firstAnswer = new CountDownLatch(1);
  private String image = "a:1";
  private volatile boolean isLate;
  private volatile boolean isDenied;
  private volatile boolean isLimited = true;
  private HttpsServer server;
  private ExecutorService threads;
  private ClusterAdvice advice;
  private Admission admission;

  @BeforeAll
  static void makeCertificate() throws Exception {
    TestCertificates.write(identity, Authority.KeyKind.EC, false);
  }

  @BeforeEach
  void start() throws Exception {
    String chain = Files.readString(identity.resolve("tls.crt"));
    Files.writeString(account.resolve("ca.crt"), chain);
    Files.writeString(account.resolve("token"), "t");
    Files.writeString(account.resolve("namespace"), "podtap");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            new CurrentIdentity(
                    Identity.parse(chain, Files.readString(identity.resolve("tls.key"))))
                .context()));
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    PrintStream lines = new PrintStream(log, true, StandardCharsets.UTF_8);
    advice =
        ClusterAdvice.start(
            ClusterApi.mounted(
                URI.create("https://127.0.0.1:" + server.getAddress().getPort()), account),
            true,
            new PullFailures(lines),
            lines);
    admission = new Admission(Templates.PLAIN, Set.of(), true, advice);
  }

  @AfterEach
  void stop() {
    firstAnswer.countDown();
    advice.close();
    server.stop(0);
    threads.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (path.endsWith("/limitranges")) {
        rangesAsked.incrementAndGet();
        answerRanges(exchange);
      } else if (exchange.getRequestMethod().equals("POST")) {
        answerPod(exchange, new String(body, StandardCharsets.UTF_8));
      } else {
        send(exchange, 200, "{\"items\": []}");
      }
    }
  }

  private void answerRanges(HttpExchange exchange) throws IOException {
    if (isLate) {
      try {
        firstAnswer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (isDenied) {
      String message =
          "limitranges is forbidden: User \\\"me\\\" cannot list resource \\\"limitranges\\\" in"
              + " API group \\\"\\\" in the namespace \\\"shop\\\"";
      send(exchange, 403, "{\"message\": \"" + message + "\"}");
    } else {
      send(exchange, 200, isLimited ? RANGE : "{\"items\": []}");
    }
  }

  /** As the API server does for the LimitRange. */
  private void answerPod(HttpExchange exchange, String body) throws IOException {
    tried.incrementAndGet();
    boolean isRefused = isLimited && memory(parse(body)).compareTo(MAX) > 0;
    send(
        exchange,
        isRefused ? 403 : 201,
        isRefused
            ? "{\"message\": \"pods is forbidden: maximum memory usage per Container is 128Mi\"}"
            : body);
    firstAnswer.countDown();
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static Object parse(String json) {
    try {
      return Objects.requireNonNull(JsonText.read(json));
    } catch (JsonText.MalformedException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /** Returns the tap's limit, zero without a tap. */
  private static BigDecimal memory(@Nullable Object pod) {
    return Tree.list(Tree.at(pod, "spec", "initContainers")).stream()
        .map(tap -> Tree.text(tap, "resources", "limits", "memory"))
        .flatMap(text -> Quantity.parse(text).stream())
        .findFirst()
        .orElse(BigDecimal.ZERO);
  }

  private Admission.Answer review(String namespace) throws Exception {
    return review(namespace, PATIENCE_NS);
  }

  private Admission.Answer review(String namespace, long lengthNs) throws Exception {
    Map<String, @Nullable Object> pod =
        Tree.map(
            parse(
                "{\"metadata\": {\"generateName\": \"a-\"}, \"spec\": {\"containers\": [{\"name\":"
                    + " \"a\", \"image\": \""
                    + image
                    + "\"}]}}"));
    Map<String, @Nullable Object> review =
        Map.of(
            "apiVersion",
            "admission.k8s.io/v1",
            "request",
            Map.of(
                "uid",
                "1",
                "operation",
                "CREATE",
                "namespace",
                namespace,
                "resource",
                Map.of("resource", "pods"),
                "object",
                pod));
    return admission.answer(review, Map.of(), System.nanoTime() + lengthNs);
  }

  private String metrics() throws Exception {
    return MetricsPort.text(MetricsFormat.TEXT, advice::metrics);
  }

  @Test
  void getsATapThatFits() throws Exception {
    assertThat(review("shop").decision()).isEqualTo(Admission.INJECTED);
    assertThat(tried).as("no tap is tried that cannot fit").hasValue(1);
    assertThat(metrics()).contains("podtap_webhook_limits_unknown_total 0");
  }

  @Test
  void waitsForALimitRangeThatComesLate() throws Exception {
    isLate = true; // until the dry run of a tap that does not fit
    assertThat(review("shop", LESS_PATIENCE_NS).decision()).isEqualTo(Admission.INJECTED);
    assertThat(metrics()).contains("podtap_webhook_limits_unknown_total 1");
    assertThat(rangesAsked.get()).as("not with each attempt").isLessThanOrEqualTo(2);
  }

  @Test
  void seesThatTheRightIsGranted() throws Exception {
    isDenied = true;
    assertThat(review("shop").decision()).isEqualTo(Reason.WOULD_BE_REFUSED.word());
    assertThat(review("shop").decision()).isEqualTo(Reason.WOULD_BE_REFUSED.word());
    assertThat(rangesAsked.get()).as("not with each pod").isLessThanOrEqualTo(2);
    isDenied = false;
    await(() -> review("shop").decision().equals(Admission.INJECTED));
    assertThat(review("other").decision()).isEqualTo(Admission.INJECTED);
    assertThat(log.toString(StandardCharsets.UTF_8).lines().toList())
        .hasSize(2)
        .satisfies(lines -> {
          assertThat(lines.getFirst()).startsWith("podtap: limit-ranges is off: ");
          assertThat(lines.getLast()).startsWith("podtap: limit-ranges is on");
        });
  }

  @Test
  void seesANewLimitRange() throws Exception {
    isLimited = false;
    assertThat(review("shop").decision()).isEqualTo(Admission.INJECTED);
    isLimited = true;
    image = "a:2"; // of the other template a verdict is known for a while
    await(() -> review("shop").decision().equals(Admission.INJECTED));
    assertThat(rangesAsked).hasValueGreaterThan(1);
  }
}
