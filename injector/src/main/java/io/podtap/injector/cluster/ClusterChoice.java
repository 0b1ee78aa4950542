/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.config.SettingsException;
import io.podtap.core.kubernetes.ServiceAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Which cluster is asked, and as whom; empty texts leave it to the kubeconfig. Names are those of
 * kubectl's options.
 */
public record ClusterChoice(
    String kubeconfig,
    String context,
    String cluster,
    String user,
    String as,
    List<String> asGroups,
    String asUid) {

  /** Everything as the kubeconfig says. */
  public static final ClusterChoice NONE = new ClusterChoice("", "", "", "", "", List.of(), "");

  public ClusterChoice {
    asGroups = List.copyOf(asGroups);
  }

  /** Returns the same with another context. */
  ClusterChoice withContext(String other) {
    return new ClusterChoice(kubeconfig, other, cluster, user, as, asGroups, asUid);
  }

  /**
   * Returns the API server that kubectl would speak with: of a kubeconfig, else the pod's own.
   *
   * @throws SettingsException when there is neither, or a kubeconfig has what is not understood
   */
  public ClusterApi api(Map<String, String> environment) {
    if (!kubeconfig.isEmpty() && !Files.exists(Path.of(kubeconfig))) {
      throw new SettingsException("kubeconfig '" + kubeconfig + "' cannot be read: no such file");
    }
    List<Path> files =
        kubeconfig.isEmpty() ? Kubeconfig.files(environment) : List.of(Path.of(kubeconfig));
    if (!files.isEmpty()) {
      return Kubeconfig.read(files, this);
    }
    ServiceAccount account = ServiceAccount.of(environment, ServiceAccount.USUAL_FOLDER);
    if (account.host().isEmpty()) {
      throw new SettingsException(
          "no cluster: neither KUBECONFIG nor ~/.kube/config names one, and this is not a pod");
    }
    if (!(context + cluster + user).isEmpty()) {
      throw new SettingsException(
          "context, cluster and user are those of a kubeconfig; none is there");
    }
    ClusterApi own = ClusterApi.of(account);
    Impersonation other = Impersonation.of(this, Map.of());
    return new ClusterApi(own.base(), other.of(new MountedAccount(account.folder())));
  }
}
