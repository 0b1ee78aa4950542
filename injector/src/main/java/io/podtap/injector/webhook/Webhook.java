package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.inject.TapTemplate;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A running webhook.
 *
 * <ol>
 *   <li>identity: from files, looked at again every few seconds
 *   <li>server: reviews in, patches out
 * </ol>
 */
public final class Webhook implements AutoCloseable {

  private static final long LOOK_MS = 2_000;

  private final CertificateFiles certificate;
  private final WebhookServer server;
  private final WebhookCounters counters;
  private final PrintStream log;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private Webhook(
      CertificateFiles certificate,
      WebhookServer server,
      WebhookCounters counters,
      PrintStream log) {
    this.certificate = certificate;
    this.server = server;
    this.counters = counters;
    this.log = log;
  }

  /**
   * Listens.
   *
   * @param certificates folder of {@code tls.crt} and {@code tls.key}
   * @param excludedNamespaces see {@link Admission}
   * @param isChosenByDefault see {@link Admission}
   * @param log told when the certificate changes or cannot be read
   * @throws SettingsException when the address is taken or there is no certificate
   */
  public static Webhook start(
      InetSocketAddress address,
      Path certificates,
      TapTemplate template,
      Set<String> excludedNamespaces,
      boolean isChosenByDefault,
      PrintStream log) {
    CertificateFiles files = CertificateFiles.open(certificates);
    WebhookCounters counters = new WebhookCounters();
    try {
      WebhookServer server =
          WebhookServer.start(
              address,
              files.current().context(),
              new Admission(template, excludedNamespaces, isChosenByDefault),
              counters,
              () -> problem(files));
      return new Webhook(files, server, counters, log);
    } catch (IOException e) {
      throw new SettingsException("cannot listen on " + address + ": " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String problem(CertificateFiles files) {
    return files.current().end().isBefore(Instant.now())
        ? "the certificate has ended at " + files.current().end()
        : "";
  }

  /** Follows the certificate until {@link #stop}, then answers what is being answered and ends. */
  public void run() throws InterruptedException {
    String told = "";
    while (!stopped.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
      if (certificate.look()) {
        log.println("podtap: new certificate, until " + certificate.current().end());
      }
      if (!certificate.problem().equals(told)) {
        told = certificate.problem();
        if (!told.isEmpty()) {
          log.println("podtap: " + told + "; goes on with the former one");
        }
      }
    }
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
        + "# TYPE podtap_webhook_certificate_seconds gauge\npodtap_webhook_certificate_seconds "
        + seconds
        + '\n';
  }

  @Override
  public void close() {
    stop();
    server.close();
  }
}
