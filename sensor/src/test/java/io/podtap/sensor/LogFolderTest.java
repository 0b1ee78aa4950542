/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogFolderTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.of("POD_NAME", "sensor-0", "NODE_NAME", "n$1", "HOSTNAME", "../etc");

  @Test
  void placeholdersAreReplaced() {
    assertThat(LogFolder.resolve("/logs", ENVIRONMENT)).isEqualTo("/logs");
    assertThat(LogFolder.resolve("/logs/{pod}", ENVIRONMENT)).isEqualTo("/logs/sensor-0");
    assertThat(LogFolder.resolve("/{node}/{pod}/x", ENVIRONMENT)).isEqualTo("/n$1/sensor-0/x");
  }

  @Test
  void whatCannotBeReplacedIsRefused() {
    assertThatThrownBy(() -> LogFolder.resolve("/logs/{nod}", ENVIRONMENT))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("unknown placeholder {nod}");
    assertThatThrownBy(() -> LogFolder.resolve("/logs/{pod}", Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("POD_NAME");
    assertThatThrownBy(() -> LogFolder.resolve("/logs/{hostname}", ENVIRONMENT))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("not a folder name");
  }
}
