/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import io.podtap.core.metrics.MetricGroup;
import io.podtap.core.metrics.MetricUnit;
import io.podtap.core.metrics.MetricsText;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.webhook.advice.Advice;
import io.podtap.injector.webhook.http.Failure;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * A running webhook.
 *
 * <ol>
 *   <li>identity: from files or a Secret, looked at again every few seconds
 *   <li>server: reviews in, patches out
 * </ol>
 */
public final class Webhook implements AutoCloseable {

  /** How the certificate stands. */
  static final MetricGroup<Webhook> CERTIFICATE =
      MetricGroup.<Webhook>of("podtap_webhook_", "the webhook's certificate", "")
          .gauge(
              "certificate_expiry",
              MetricUnit.SECONDS,
              "Time until the certificate ends, below 0 when it has.",
              Webhook::certificateSeconds)
          .flag(
              "certificate_problem",
              "Whether files, Secret or configuration could not be read or written; the log says"
                  + " why.",
              webhook -> !webhook.problems().isEmpty())
          .build();

  /** What a webhook counts. */
  public static final List<MetricGroup<?>> METRICS =
      List.of(
          WebhookCounters.METRICS,
          WebhookServer.CONNECTIONS,
          WebhookServer.BODIES,
          DecisionEvents.METRICS,
          CERTIFICATE);

  private static final long DRAIN_MS = 1_000;

  private final IdentitySource certificate;
  private final Optional<ClientAuthority> clients;
  private final WebhookServer server;
  private final WebhookCounters counters;
  private final Optional<DecisionEvents> events;
  private final PrintStream log;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Webhook(
      IdentitySource certificate,
      Optional<ClientAuthority> clients,
      WebhookServer server,
      WebhookCounters counters,
      Optional<DecisionEvents> events,
      PrintStream log) {
    this.events = events;
    this.clients = clients;
    this.certificate = certificate;
    this.server = server;
    this.counters = counters;
    this.log = log;
  }

  /**
   * Which pods get which tap.
   *
   * @param excludedNamespaces namespaces without taps, whatever is asked for
   * @param isChosenByDefault whether pods get a tap of which neither label nor namespace speak
   * @param advice what the cluster says of pods; the caller closes it
   */
  public record Policy(
      TapTemplate template,
      Set<String> excludedNamespaces,
      boolean isChosenByDefault,
      Advice advice) {}

  /**
   * Listens, to whoever asks, and asks nobody itself.
   *
   * @param certificate where the certificate comes from
   * @param excludedNamespaces namespaces without taps, whatever is asked for
   * @param isChosenByDefault whether pods get a tap of which neither label nor namespace speak
   * @param events told what is decided; the caller closes them
   * @param log told when the certificate changes or cannot be read
   * @throws SettingsException when the address is taken
   */
  public static Webhook start(
      InetSocketAddress address,
      IdentitySource certificate,
      TapTemplate template,
      Set<String> excludedNamespaces,
      boolean isChosenByDefault,
      Optional<DecisionEvents> events,
      PrintStream log) {
    return start(
        address,
        certificate,
        Optional.empty(),
        new Policy(template, excludedNamespaces, isChosenByDefault, Advice.NONE),
        events,
        log);
  }

  /**
   * Listens.
   *
   * @param certificate where the certificate comes from
   * @param clients whose certificates reviews are taken with; without it, reviews are taken from
   *     all
   * @param events told what is decided; the caller closes them
   * @param log told when the certificate changes or cannot be read, and what threads fail with
   * @throws SettingsException when the address is taken
   */
  public static Webhook start(
      InetSocketAddress address,
      IdentitySource certificate,
      Optional<ClientAuthority> clients,
      Policy policy,
      Optional<DecisionEvents> events,
      PrintStream log) {
    Failure failure = Failure.logging(log);
    WebhookCounters counters = new WebhookCounters(failure);
    try {
      WebhookServer server =
          WebhookServer.start(
              new WebhookServer.Access(address, tls(certificate, clients), clients.isPresent()),
              new Admission(
                  policy.template(),
                  policy.excludedNamespaces(),
                  policy.isChosenByDefault(),
                  policy.advice()),
              counters,
              (review, answer) -> events.ifPresent(one -> one.take(review, answer)),
              () -> problem(certificate),
              failure);
      return new Webhook(certificate, clients, server, counters, events, log);
    } catch (IOException e) {
      throw new SettingsException("cannot listen on " + address + ": " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext tls(IdentitySource certificate, Optional<ClientAuthority> clients)
      throws GeneralSecurityException {
    if (clients.isEmpty()) {
      return certificate.current().context();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {certificate.current()}, new TrustManager[] {clients.get()}, null);
    return context;
  }

  /**
   * Makes the code warm, so that the first reviews are answered as fast as later ones: some seconds
   * of CPU. Before {@link #start}.
   */
  public static void rehearse(IdentitySource certificate, TapTemplate template, PrintStream log) {
    try {
      Rehearsal.run(
          certificate.current(), new Admission(template, Set.of(), false), Rehearsal.CONNECTIONS);
    } catch (IOException | GeneralSecurityException e) {
      log.println(
          "podtap: starts without warm-up: test reviews were not answered: " + e.getMessage());
    }
  }

  private static String problem(IdentitySource certificate) {
    return certificate.current().end().isBefore(Instant.now())
        ? "the certificate expired at " + certificate.current().end()
        : "";
  }

  /**
   * Follows the certificate until {@link #stop}, then has clients leave within a second and ends.
   */
  public void run() throws InterruptedException {
    String told = "";
    if (certificate.current().isRsa()) {
      log.println(
          "podtap: the certificate's key is RSA: with ECDSA connections cost much less CPU");
    }
    while (!stopped.await(certificate.pauseMs(), TimeUnit.MILLISECONDS)) {
      if (certificate.look()) {
        log.println("podtap: another certificate, until " + certificate.current().end());
      }
      clients.ifPresent(ClientAuthority::look);
      if (!problems().equals(told)) {
        told = problems();
        if (!told.isEmpty()) {
          log.println("podtap: " + told + "; goes on with what it has");
        }
      }
    }
    server.drain();
    boolean _ = closed.await(DRAIN_MS, TimeUnit.MILLISECONDS);
    server.close();
  }

  private String problems() {
    String its = certificate.problem();
    return its.isEmpty() ? clients.map(ClientAuthority::problem).orElse("") : its;
  }

  /** Asks {@link #run} to end; any thread. */
  public void stop() {
    stopped.countDown();
  }

  /** Returns the port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Returns why it is not ready, or an empty text. */
  public String problem() {
    return problem(certificate);
  }

  /** Returns why it does not answer reviews any more, or an empty text; for {@code /live}. */
  public String liveProblem() {
    return server.problem();
  }

  /** Adds the counters. */
  public void metrics(MetricsText text) {
    text.add(WebhookCounters.METRICS.read(counters));
    server.metrics(text);
    events.ifPresent(present -> present.metrics(text));
    text.add(CERTIFICATE.read(this));
  }

  private long certificateSeconds() {
    return Duration.between(Instant.now(), certificate.current().end()).toSeconds();
  }

  @Override
  public void close() {
    stop();
    closed.countDown();
    server.close();
  }
}
