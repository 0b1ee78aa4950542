/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CipherSuitesTest {

  @ParameterizedTest
  @CsvSource({
    "'flags\t\t: fpu sse2 pclmulqdq aes avx', TLS_AES_128_GCM_SHA256",
    "'processor: 0\nFeatures\t: fp asimd aes pmull sha1', TLS_AES_128_GCM_SHA256",
    "'Features\t: fp asimd', TLS_CHACHA20_POLY1305_SHA256",
    "'flags\t\t: fpu vaes', TLS_CHACHA20_POLY1305_SHA256",
    "'', TLS_CHACHA20_POLY1305_SHA256",
  })
  void prefersWhatTheProcessorHasInstructionsFor(String facts, String first) {
    assertThat(CipherSuites.order(facts)).startsWith(first).hasSize(3);
  }
}
