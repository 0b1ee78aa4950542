/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

  private static final long MAPPED = 0xFFFF_0000_0000L;

  @Test
  void oneAddressIsARangeOfItself() {
    AddressRange range = AddressRange.parse("10.1.2.3");

    assertThat(range.contains(0, MAPPED | 0x0A01_0203)).isTrue();
    assertThat(range.contains(0, MAPPED | 0x0A01_0204)).isFalse();
  }

  @Test
  void aPrefixOfIpv4HoldsNoIpv6() {
    AddressRange range = AddressRange.parse("10.1.0.0/16");

    assertThat(range.contains(0, MAPPED | 0x0A01_FFFF)).isTrue();
    assertThat(range.contains(0, MAPPED | 0x0A02_0000)).isFalse();
    assertThat(range.contains(0xFD00_0000_0000_0000L, MAPPED | 0x0A01_0000)).isFalse();
    assertThat(AddressRange.parse("0.0.0.0/0").contains(0, 1)).isFalse();
  }

  @Test
  void prefixesOfIpv6MayEndAnywhere() {
    assertThat(AddressRange.parse("fd00::/8").contains(0xFD12_0000_0000_0000L, 7)).isTrue();
    assertThat(AddressRange.parse("fd00::/64").contains(0xFD00_0000_0000_0000L, -1)).isTrue();
    assertThat(AddressRange.parse("fd00::/64").contains(0xFD00_0000_0000_0001L, 0)).isFalse();
    assertThat(AddressRange.parse("::/0").contains(-1, -1)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0", "name", "10.0.0.1/33", "10.0.0.1/x", "10.0.0.1/-1", "10.0.0.1:4789"})
  void refusesWhatIsNoRange(String text) {
    assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(SettingsException.class);
  }
}
