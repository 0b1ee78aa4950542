package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.inject.TapTemplate;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A running webhook.
 *
 * <ol>
 *   <li>identity: from files or a Secret, looked at again every few seconds
 *   <li>server: reviews in, patches out
 * </ol>
 */
public final class Webhook implements AutoCloseable {

  private static final long DRAIN_MS = 1_000;

  private final IdentitySource certificate;
  private final WebhookServer server;
  private final WebhookCounters counters;
  private final Optional<DecisionEvents> events;
  private final PrintStream log;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Webhook(
      IdentitySource certificate,
      WebhookServer server,
      WebhookCounters counters,
      Optional<DecisionEvents> events,
      PrintStream log) {
    this.events = events;
    this.certificate = certificate;
    this.server = server;
    this.counters = counters;
    this.log = log;
  }

  /**
   * Listens.
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
    WebhookCounters counters = new WebhookCounters();
    try {
      WebhookServer server =
          WebhookServer.start(
              address,
              certificate.current().context(),
              new Admission(template, excludedNamespaces, isChosenByDefault),
              counters,
              (review, answer) -> events.ifPresent(one -> one.take(review, answer)),
              () -> problem(certificate));
      return new Webhook(certificate, server, counters, events, log);
    } catch (IOException e) {
      throw new SettingsException("cannot listen on " + address + ": " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
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
      log.println("podtap: begins cold: reviews of its own were not answered: " + e.getMessage());
    }
  }

  private static String problem(IdentitySource certificate) {
    return certificate.current().end().isBefore(Instant.now())
        ? "the certificate has ended at " + certificate.current().end()
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
      if (!certificate.problem().equals(told)) {
        told = certificate.problem();
        if (!told.isEmpty()) {
          log.println("podtap: " + told + "; goes on with the certificate that it has");
        }
      }
    }
    server.drain();
    boolean _ = closed.await(DRAIN_MS, TimeUnit.MILLISECONDS);
    server.close();
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

  /** Returns the counters in Prometheus' text format. */
  public String metrics() {
    long seconds = Duration.between(Instant.now(), certificate.current().end()).toSeconds();
    return counters.text()
        + events.map(DecisionEvents::metrics).orElse("")
        + "# TYPE podtap_webhook_certificate_seconds gauge\npodtap_webhook_certificate_seconds "
        + seconds
        + "\n# TYPE podtap_webhook_certificate_problem gauge\npodtap_webhook_certificate_problem "
        + (certificate.problem().isEmpty() ? 0 : 1)
        + '\n';
  }

  @Override
  public void close() {
    stop();
    closed.countDown();
    server.close();
  }
}
