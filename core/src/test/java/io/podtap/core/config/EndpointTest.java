/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.3, 10.0.0.3:4789",
    "10.0.0.3:5000, 10.0.0.3:5000",
    "fd00::3, [fd00::3]:4789",
    "[fd00::3], [fd00::3]:4789",
    "[fd00::3]:5000, [fd00::3]:5000",
  })
  void readsAddressesWithAndWithoutPort(String text, String expected) {
    assertThat(Endpoint.parse(text, 4789)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "zeek",
        "10.0.0.3:",
        "10.0.0.3:x",
        "10.0.0.3:65536",
        "[fd00::3]x",
        "300.1.1.1",
        "1.2.3"
      })
  void refusesAnythingElseInOneLine(String text) {
    assertThatThrownBy(() -> Endpoint.parse(text, 4789))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("'" + text + "'")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void widensIpv4ToAMappedAddress() {
    assertThat(Endpoint.parse("1.2.3.4", 1).addressAsIpv6())
        .isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 1, 2, 3, 4});
  }
}
