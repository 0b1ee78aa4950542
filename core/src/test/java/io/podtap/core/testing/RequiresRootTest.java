/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.testing.RequiresRoot.Condition;
import org.junit.jupiter.api.Test;

final class RequiresRootTest {

  @Test
  void skipsWithTheReasonUnlessNobodyWouldNotice() {
    assertThat(Condition.decide("", "true").isDisabled()).isFalse();
    assertThat(Condition.decide("", null).isDisabled()).isFalse();
    assertThat(Condition.decide("needs root", null).isDisabled()).isTrue();
    assertThat(Condition.decide("needs root", "false").getReason()).contains("needs root");
    assertThatThrownBy(() -> Condition.decide("needs root", "true"))
        .hasMessageContaining("needs root");
  }
}
