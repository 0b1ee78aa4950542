/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.config.SettingsException;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.metrics.MetricsText;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.inject.TapTemplate;
import io.podtap.injector.repair.RepairController;
import io.podtap.injector.repair.audit.PodAudit;
import io.podtap.injector.webhook.advice.PullFailures;
import java.io.PrintStream;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The webhook's {@code --repair}.
 *
 * @param controller null when it is off
 */
record RepairProgram(@Nullable RepairController controller) implements AutoCloseable {

  /**
   * Begins, unless it is off.
   *
   * @param failures told of images that cannot be pulled
   * @throws SettingsException when the word is none, or this is no pod
   */
  static RepairProgram start(
      String repair,
      ChoiceOptions choice,
      TapTemplate template,
      ServiceAccount account,
      PullFailures failures,
      PrintStream log) {
    return switch (repair) {
      case "off" -> new RepairProgram(null);
      case "report", "restart" ->
          new RepairProgram(
              RepairController.start(
                  ClusterApi.of(account),
                  new PodAudit(
                      template,
                      choice.excludedNamespaces(),
                      choice.isChosenByDefault(),
                      template.image()),
                  choice.configuration(),
                  repair.equals("restart"),
                  System.getenv().getOrDefault("HOSTNAME", "webhook") + '_' + UUID.randomUUID(),
                  failures::seeImage,
                  log));
      default ->
          throw new SettingsException("repair '" + repair + "' is not off, report or restart");
    };
  }

  void metrics(MetricsText text) {
    if (controller != null) {
      controller.metrics(text);
    }
  }

  @Override
  public void close() {
    if (controller != null) {
      controller.close();
    }
  }
}
