/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.cluster.ClusterChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which cluster is asked, and as whom: kubectl's options, for every program that asks one. */
final class ClusterOptions {

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "Kubeconfig (default: those of KUBECONFIG, else ~/.kube/config, else the pod's own).")
  private String kubeconfig = "";

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "Context of the kubeconfig (default: its current one).")
  private String context = "";

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "Cluster of the kubeconfig (default: the context's).")
  private String cluster = "";

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "User of the kubeconfig (default: the context's).")
  private String user = "";

  @Option(
      names = "--as",
      paramLabel = "USER",
      description =
          "Act as this user; the user of the kubeconfig must have the right to impersonate.")
  private String as = "";

  @Option(
      names = "--as-group",
      paramLabel = "GROUP",
      description = "Act as a member of this group; can be given several times.")
  private List<String> asGroups = new ArrayList<>();

  @Option(names = "--as-uid", paramLabel = "UID", description = "Act as the user of this uid.")
  private String asUid = "";

  /**
   * Returns the API server that they mean.
   *
   * @throws io.podtap.core.config.SettingsException when there is none
   */
  ClusterApi api(Map<String, String> environment) {
    return new ClusterChoice(kubeconfig, context, cluster, user, as, asGroups, asUid)
        .api(environment);
  }
}
