/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, vxlan:0.0.0.0:4789",
    "127.0.0.1:5000, vxlan:127.0.0.1:5000",
    "127.0.0.1:6081, geneve:127.0.0.1:6081",
    "geneve:127.0.0.1, geneve:127.0.0.1:6081",
    "vxlan:127.0.0.1:6081, vxlan:127.0.0.1:6081",
    "geneve:[::]:7000, geneve:[::]:7000",
  })
  void readsAddressAndTunnel(String text, String expected) {
    assertThat(Listener.parse(text)).hasToString(expected);
  }

  @Test
  void refusesAName() {
    assertThatThrownBy(() -> Listener.parse("geneve:sensor"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("'sensor'");
  }
}
