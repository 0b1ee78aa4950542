/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import io.podtap.core.metrics.MetricsText;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.webhook.http.BoundedServer;
import io.podtap.injector.webhook.http.Failure;
import io.podtap.injector.webhook.http.ServerCounters;
import io.podtap.injector.webhook.http.ServerSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Reviews over HTTPS, within bounds that follow the heap. */
final class WebhookServer implements AutoCloseable {

  /** What became of connections. */
  static final MetricGroup<ServerCounters> CONNECTIONS = ServerCounters.metrics("podtap_webhook_");

  /** Bodies that are being read. */
  static final MetricGroup<Number> BODIES =
      MetricGroup.<Number>of("podtap_webhook_", "bodies that are being read", "")
          .gauge(
              "body", MetricUnit.BYTES, "Memory of bodies that are being read.", Number::longValue)
          .build();

  private static final long SELF_CHECK_MS = 2_000;

  /** Reviewed to see whether reviews are answered; nobody else hears of it. */
  private static final String SELF_CHECK =
      """
      {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "self",
       "operation": "CREATE", "namespace": "self", "resource": {"resource": "pods"},
       "object": {"metadata": {"labels": {}}, "spec": {"containers": [{"name": "self"}]}}}}
      """;

  private final BoundedServer server;
  private final Admission selfCheck;

  /** Hears what was decided; any thread, and at once. */
  interface Decisions {
    void take(@Nullable Object review, Admission.Answer answer);
  }

  /**
   * How clients reach it.
   *
   * @param asksCertificates whether reviews are taken from clients alone that showed a certificate
   */
  record Access(InetSocketAddress address, SSLContext tls, boolean asksCertificates) {}

  private WebhookServer(BoundedServer server, Admission selfCheck) {
    this.server = server;
    this.selfCheck = selfCheck;
  }

  /**
   * Listens and answers.
   *
   * @param problem why {@code /ready} is no, or an empty text
   * @param failure told when a connection or a review fails
   * @throws IOException when the address is taken
   */
  static WebhookServer start(
      Access access,
      Admission admission,
      WebhookCounters counters,
      Decisions decisions,
      Supplier<String> problem,
      Failure failure)
      throws IOException {
    long heap = Runtime.getRuntime().maxMemory();
    Live live = new Live();
    BoundedServer server =
        BoundedServer.start(
            access.address(),
            access.tls(),
            access.asksCertificates(),
            ServerSettings.ofHeap(heap),
            new ReviewHandler(
                admission, counters, decisions, live, problem, access.asksCertificates(), heap / 4),
            failure);
    WebhookServer webhook =
        new WebhookServer(server, new Admission(admission.template(), Set.of(), true));
    live.server = webhook;
    return webhook;
  }

  /** The server that is asked whether it lives, once there is one. */
  private static final class Live implements Supplier<String> {

    private volatile @Nullable WebhookServer server;

    @Override
    public String get() {
      WebhookServer its = server;
      return its == null ? "" : its.problem();
    }
  }

  /** Returns the port that it listens on. */
  int port() {
    return server.port();
  }

  /** Adds the counters of its connections. */
  void metrics(MetricsText text) {
    text.add(CONNECTIONS.read(server.counters())).add(BODIES.read(server.bodies().taken()));
  }

  /**
   * Returns why it does not answer reviews any more, or an empty text: whether connections are
   * accepted, and what a review gets that goes the way of all others but for the network.
   */
  String problem() {
    String problem = server.problem();
    if (!problem.isEmpty()) {
      return problem;
    }
    try {
      Future<Admission.Answer> answer =
          server.threads().submit(() -> selfCheck.answer(JsonText.read(SELF_CHECK), Map.of()));
      boolean isAnswered =
          answer.get(SELF_CHECK_MS, TimeUnit.MILLISECONDS).review().containsKey("response");
      return isAnswered ? "" : "a review of its own has no response";
    } catch (TimeoutException e) {
      return "a review of its own is not answered";
    } catch (ExecutionException | RejectedExecutionException e) {
      return "a review of its own failed: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /**
   * Has clients leave: from now on each answer is its connection's last. A connection that is
   * closed otherwise may carry a review by then, which would be lost.
   */
  void drain() {
    server.drain();
  }

  /** Answers what is being answered, for a second at most, and ends. */
  @Override
  public void close() {
    server.close();
  }
}
