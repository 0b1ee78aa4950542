/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.command;

import io.podtap.core.agent.Backoff;
import io.podtap.core.agent.Termination;
import io.podtap.core.config.CountFile;
import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.Privileges;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.trust.TrustStatus;
import io.podtap.tap.Tap;
import io.podtap.tap.TapIdentity;
import io.podtap.tap.TapSettings;
import io.podtap.tap.discover.DiscoveryStatus;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.ledger.LedgerText;
import io.podtap.tap.ledger.TapMetrics;
import io.podtap.tap.policy.PolicyFile;
import io.podtap.tap.policy.PolicyLedger;
import io.podtap.tap.policy.PolicyWatch;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.start.InterfaceAddresses;
import io.podtap.tap.start.TapLauncher;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Runs a tap from its options to its ledger, with what stands around it. */
public final class TapProgram {

  /**
   * Well within a pod's grace period. A tap drains in a fraction of it; one whose CPU is used up
   * takes seconds to write its ledger, which is not to be cut off.
   */
  private static final long DRAIN_MS_MAX = 5_000;

  private static final long RETRY_MS_MIN = 1_000;
  private static final long RETRY_MS_MAX = 10_000;

  private final TapCommand command;
  private final int metricsPort;
  private final @Nullable Path countJson;
  private final PrintStream log;
  private final PolicyLedger changes = new PolicyLedger();

  /**
   * @param countJson takes the ledger at the end; null for no file
   * @param log takes lines for whoever runs the tap
   */
  TapProgram(TapCommand command, int metricsPort, @Nullable Path countJson, PrintStream log) {
    this.command = command;
    this.metricsPort = metricsPort;
    this.countJson = countJson;
    this.log = log;
  }

  /**
   * Returns the exit code once the tap has ended.
   *
   * @param retries whether what cannot be at the start is tried again
   */
  int run(boolean retries) {
    PolicyFile file = command.policyFile();
    try (PolicyWatch watch =
        file == null
            ? null
            : new PolicyWatch(
                file, command.policy(), changes, line -> log.println("podtap: " + line))) {
      return retries ? mirrorOnceItCan(watch) : mirror(watch);
    }
  }

  /** Begins again and again; says why not, once for each reason. */
  private int mirrorOnceItCan(@Nullable PolicyWatch watch) {
    Backoff backoff = new Backoff(System.nanoTime());
    String said = "";
    while (true) {
      try {
        return mirror(watch);
      } catch (SettingsException | LinuxException e) {
        String problem = String.valueOf(e.getMessage());
        if (!problem.equals(said)) {
          log.println("podtap: " + problem + "; mirrors nothing until that changes");
          said = problem;
        }
        pause(backoff.nextMs(RETRY_MS_MAX, RETRY_MS_MIN));
      }
    }
  }

  /** Waits; a signal to end ends the program. */
  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private int mirror(@Nullable PolicyWatch watch) {
    TapSettings settings = watch == null ? command.settings() : command.settings(watch.begin());
    String scope = settings.source().label() + '/' + settings.encapsulation().vni();
    List<String> interfaceAddresses =
        settings.source() instanceof SourceSettings.Live live
            ? InterfaceAddresses.of(live.interfaces())
            : List.of();
    TapIdentity identity =
        TapIdentity.of(System.getenv(), scope, command.reportLabels(), interfaceAddresses);
    try (CountFile counts = CountFile.open(countJson);
        SensorDiscovery search = command.search(settings, identity, log)) {
      TapLauncher launcher = new TapLauncher(settings, identity, Privileges.read(), log::println);
      Tap tap = launcher.open();
      tap.health().condition(() -> launcher.trust().map(TrustStatus::problem).orElse(""));
      search.feed(tap);
      String greeting = describe(settings, dropPrivileges());
      if (watch != null) {
        watch.follow(tap);
      }
      return run(tap, launcher, greeting, search, counts);
    }
  }

  /** Keeps what capturing needs: an interface may come back, a filter may change. */
  private static Privileges dropPrivileges() {
    try {
      return Privileges.dropAllBut(Privileges.CAP_NET_RAW);
    } catch (LinuxException e) {
      return Privileges.read(); // a sandbox that refuses: the line at the start says what is held
    }
  }

  private String describe(TapSettings settings, Privileges privileges) {
    return "podtap: mirrors "
        + settings.source().label()
        + " to "
        + (settings.sensors().sensors().isEmpty()
            ? command.sensorText()
            : String.join(
                ",", settings.sensors().sensors().stream().map(Object::toString).toList()))
        + (settings.tls().isPresent() ? " over TLS" : ", VNI " + settings.encapsulation().vni())
        + "; "
        + privileges.describe();
  }

  private void metrics(MetricsText text, Tap tap, TapLauncher launcher, SensorDiscovery search) {
    LedgerText.add(text, launcher.identity(), tap.ledger());
    DiscoveryStatus discovery = search.status();
    if (discovery != null) {
      text.add(TapMetrics.DISCOVERY.read(discovery));
    }
    launcher.trust().ifPresent(trust -> text.add(TapMetrics.TRUST.read(trust)));
    text.add(TapMetrics.POLICY.read(changes.snapshot()));
  }

  private int run(
      Tap tap, TapLauncher launcher, String greeting, SensorDiscovery search, CountFile counts) {
    int exitCode = 0;
    try (Termination termination = Termination.install(tap::stop, DRAIN_MS_MAX);
        MetricsPort _ =
            MetricsPort.open(
                metricsPort, text -> metrics(text, tap, launcher, search), tap.health(), log)) {
      // Said when a signal is already answered: who waits for the line may send one at once.
      log.println(greeting);
      tap.run();
      Ledger.Snapshot ledger = tap.ledger();
      log.println(summary(ledger));
      String document =
          LedgerText.json(launcher.identity(), ledger, search.status(), changes.snapshot());
      if (!counts.write(document, log)) {
        exitCode = 1;
      }
      if (!tap.problem().isEmpty()) {
        log.println("podtap: " + tap.problem());
        exitCode = 1;
      }
      termination.exitCode(exitCode);
    }
    return exitCode;
  }

  private static String summary(Ledger.Snapshot ledger) {
    return String.format(
        Locale.ROOT,
        "podtap: seen %d = filtered %d + dropped %d + delivered %d; packets %d = sent %d + failed"
            + " %d, in %d calls; %s",
        ledger.sum(Ledger.InterfaceSnapshot::seen),
        ledger.sum(Ledger.InterfaceSnapshot::filtered),
        ledger.sum(Ledger.InterfaceSnapshot::droppedByKernel),
        ledger.sum(Ledger.InterfaceSnapshot::delivered),
        ledger.packets(),
        ledger.sent(),
        ledger.packets() - ledger.sent(),
        ledger.calls(),
        ledger.balanced() ? "balanced" : "NOT balanced");
  }
}
