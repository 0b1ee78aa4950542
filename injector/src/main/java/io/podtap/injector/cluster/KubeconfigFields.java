/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.config.SettingsException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a kubeconfig. What is not listed is refused by its name: it could change who asks
 * whom.
 *
 * @see "k8s.io/client-go/tools/clientcmd/api/v1, types.go"
 */
final class KubeconfigFields {

  /** Honoured fields of a cluster. */
  static final Set<String> CLUSTER =
      Set.of(
          "server",
          "tls-server-name",
          "insecure-skip-tls-verify", // as false
          "certificate-authority",
          "certificate-authority-data",
          "proxy-url", // http
          "disable-compression", // nothing is asked for compressed
          "extensions");

  /** Honoured fields of a user. */
  static final Set<String> USER =
      Set.of(
          "client-certificate",
          "client-certificate-data",
          "client-key",
          "client-key-data",
          "token",
          "tokenFile",
          "as",
          "as-uid",
          "as-groups",
          "as-user-extra",
          "username",
          "password",
          "exec",
          "extensions");

  /** Honoured fields of a context. */
  static final Set<String> CONTEXT = Set.of("cluster", "user", "namespace", "extensions");

  /** Honoured fields of a user's program. */
  static final Set<String> EXEC =
      Set.of(
          "command",
          "args",
          "env",
          "apiVersion",
          "installHint",
          "provideClusterInfo",
          "interactiveMode");

  private static final Map<String, String> REFUSED =
      Map.of("auth-provider", "is not supported any more by Kubernetes: use exec");

  private KubeconfigFields() {}

  /**
   * Refuses what would be passed over.
   *
   * @param what such as {@code user 'jane'}
   * @throws SettingsException naming the field
   */
  static void require(String what, Map<String, @Nullable Object> values, Set<String> known) {
    for (String field : values.keySet()) {
      if (!known.contains(field) && values.get(field) != null) {
        throw new SettingsException(
            "kubeconfig: "
                + what
                + ": "
                + field
                + ' '
                + REFUSED.getOrDefault(field, "is not a field that is understood"));
      }
    }
  }
}
