/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.agent.Health;
import io.podtap.core.agent.Termination;
import io.podtap.core.config.Endpoint;
import io.podtap.core.config.Program;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.webhook.ClientAuthority;
import io.podtap.injector.webhook.DecisionEvents;
import io.podtap.injector.webhook.IdentitySource;
import io.podtap.injector.webhook.OwnCertificate;
import io.podtap.injector.webhook.Webhook;
import io.podtap.injector.webhook.advice.Advice;
import io.podtap.injector.webhook.advice.ClusterAdvice;
import io.podtap.injector.webhook.advice.PullFailures;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code podtap webhook}: new pods get their taps as they are created. */
@Command(
    name = "webhook",
    description = "Inject taps into pods as the API server creates them.",
    modelTransformer = DeclaredTapOptions.class,
    sortOptions = false)
public final class WebhookCommand implements Program {

  private static final int PORT = 8_443;
  private static final long DRAIN_MS_MAX = 3_000;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS[:PORT]",
      description = "Where the API server calls, over TLS (default: ${DEFAULT-VALUE}).")
  private String listen = "0.0.0.0:" + PORT;

  @Option(
      names = "--certificate",
      paramLabel = "FOLDER",
      description =
          "Folder with tls.crt and tls.key, reloaded when they change. Without it the webhook creates"
              + " and renews a certificate itself.")
  private @Nullable Path certificate;

  @Option(
      names = "--certificate-secret",
      paramLabel = "NAME",
      description =
          "Secret that replicas share their own certificate in (default: ${DEFAULT-VALUE}).")
  private String certificateSecret = "podtap-webhook-certificate";

  @Option(
      names = "--certificate-days",
      paramLabel = "DAYS",
      description = "Validity of their own certificate (default: ${DEFAULT-VALUE}).")
  private int certificateDays = 90;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Service that the API server calls (default: ${DEFAULT-VALUE}).")
  private String service = "podtap-webhook";

  @Option(
      names = "--service-account",
      paramLabel = "FOLDER",
      description = "Folder with token, ca.crt and namespace (default: ${DEFAULT-VALUE}).")
  private Path serviceAccount = ServiceAccount.USUAL_FOLDER;

  @Option(
      names = "--client-ca",
      paramLabel = "FILE",
      description =
          "Authorities of the API server's client certificate: reviews of clients without one are"
              + " refused. Needs --admission-control-config-file at the API server.")
  private @Nullable Path clientAuthority;

  @Option(
      names = "--dry-run-check",
      paramLabel = "auto|off",
      description = {
        "auto: ask the API server whether it takes a pod with its tap, and leave out a tap for"
            + " which the pod would be refused (default: ${DEFAULT-VALUE}). Needs to create pods,"
            + " by dry run; off by itself where it may not."
      })
  private String dryRunCheck = "auto";

  @Option(
      names = "--events",
      description =
          "Tell each pod's controller in an event what was decided. Needs to create events in all"
              + " namespaces.")
  private boolean tellsInEvents;

  @Option(
      names = "--repair",
      paramLabel = "off|report|restart",
      description = {
        "What to do about pods whose tap is missing (default:"
            + " ${DEFAULT-VALUE}). report: events and metrics; restart: their owners are restarted"
            + " too, one at a time, if the API server accepts their new pods and no pod is lost meanwhile"
            + " without explicit consent."
      })
  private String repair = "off";

  @Option(
      names = "--metrics",
      paramLabel = "PORT",
      description =
          "HTTP port of /metrics, /live and /ready, 0 for none (default: ${DEFAULT-VALUE}).")
  private int metricsPort = MetricsPort.DEFAULT;

  @Mixin private ChoiceOptions choice = new ChoiceOptions();

  @Mixin private TapOptions tap = new TapOptions();

  @Override
  public Integer call() throws InterruptedException {
    TapTemplate template = template();
    MetricsPort.require(metricsPort);
    PrintStream log = System.err;
    IdentitySource certificates = identity();
    Optional<ClientAuthority> clients =
        Optional.ofNullable(clientAuthority).map(ClientAuthority::open);
    Webhook.rehearse(certificates, template, log);
    boolean asksDryRuns = TapOptions.choice("dry-run-check", dryRunCheck, "auto", "off");
    PullFailures failures = new PullFailures(log);
    try (@Nullable DecisionEvents events =
            tellsInEvents ? DecisionEvents.start(ClusterApi.of(account()), log) : null;
        @Nullable ClusterAdvice advice =
            account().host().isEmpty()
                ? null
                : ClusterAdvice.start(ClusterApi.of(account()), asksDryRuns, failures, log);
        Webhook webhook =
            Webhook.start(
                Endpoint.parse(listen, PORT).toSocketAddress(),
                certificates,
                clients,
                new Webhook.Policy(
                    template,
                    choice.excludedNamespaces(),
                    choice.isChosenByDefault(),
                    advice == null ? Advice.NONE : advice),
                Optional.ofNullable(events),
                log);
        RepairProgram repairs =
            RepairProgram.start(repair, choice, template, account(), failures, log);
        Termination termination = Termination.install(webhook::stop, DRAIN_MS_MAX);
        MetricsPort _ =
            MetricsPort.open(
                metricsPort,
                text -> {
                  webhook.metrics(text);
                  if (advice != null) {
                    advice.metrics(text);
                  }
                  repairs.metrics(text);
                },
                new Health().vital(webhook::liveProblem).condition(webhook::problem),
                log)) {
      log.println("podtap: webhook listens on port " + webhook.port());
      webhook.run();
      termination.exitCode(0);
    }
    return 0;
  }

  /** Returns the tap that pods get. */
  TapTemplate template() {
    return tap.template();
  }

  private IdentitySource identity() {
    if (certificate != null) {
      return IdentitySource.inFolder(certificate);
    }
    String namespace = System.getenv().getOrDefault("POD_NAMESPACE", "podtap");
    return IdentitySource.own(
        account(),
        new OwnCertificate(
            certificateSecret,
            choice.configuration(),
            OwnCertificate.namesOf(service, namespace),
            certificateDays));
  }

  private ServiceAccount account() {
    return ServiceAccount.of(System.getenv(), serviceAccount);
  }
}
