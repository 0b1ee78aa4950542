/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.SettingsException;
import io.podtap.core.testing.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a kubeconfig, it is read or refused in one line. */
final class KubeconfigFuzzTest {

  private static final int INPUTS = 4_000;

  private static final String CONFIG =
      """
      apiVersion: v1
      kind: Config
      current-context: a
      preferences: {}
      contexts:
      - name: a
        context: {cluster: one, user: token, namespace: shop}
      clusters:
      - name: one
        cluster:
          server: https://10.0.0.1:6443/
          tls-server-name: api.example
          proxy-url: http://10.0.0.9:3128
          certificate-authority-data: LS0tLS1CRUdJTg==
      users:
      - name: token
        user: {token: secret, as: jane, as-groups: [a, b], as-user-extra: {k: [v]}}
      """;

  @TempDir private Path folder;

  @Test
  void whateverItsBytesItIsReadOrRefused() throws IOException {
    byte[] config = CONFIG.getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("config");
    Map<String, String> environment = Map.of("KUBECONFIG", file.toString());
    int read = 0;
    for (int seed = 0; seed < INPUTS; seed++) {
      Files.write(file, new Mutations(seed).of(config));
      try {
        assertThat(ClusterApi.of(environment, "").base().getScheme()).isEqualTo("https");
        read++;
      } catch (SettingsException e) {
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(read).isPositive();
  }
}
