/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.start;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class CipherRehearsalTest {

  /** The JDK refuses a nonce that it has seen with this key. */
  @Test
  void encryptsAgainAndAgain() {
    CipherRehearsal cipher = new CipherRehearsal();
    assertThatCode(
            () -> {
              for (int i = 0; i < 300; i++) {
                cipher.encryptOne();
              }
            })
        .doesNotThrowAnyException();
  }
}
