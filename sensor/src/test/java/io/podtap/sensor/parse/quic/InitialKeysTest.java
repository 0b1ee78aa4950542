/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The examples of RFC 9001 appendix A.1 and RFC 9369 appendix A.1. */
class InitialKeysTest {

  private static final byte[] ID = HexFormat.of().parseHex("8394c8f03e515708");

  private static String derived(long version, boolean client) throws Exception {
    InitialKeys keys = InitialKeys.derive(requireNonNull(QuicVersion.of(version)), ID, client);
    HexFormat hex = HexFormat.of();
    return hex.formatHex(keys.key().getEncoded())
        + ' '
        + hex.formatHex(keys.iv())
        + ' '
        + hex.formatHex(keys.headerKey().getEncoded());
  }

  @Test
  void derivesTheKeysOfVersion1() throws Exception {
    assertThat(derived(1, true))
        .isEqualTo(
            "1f369613dd76d5467730efcbe3b1a22d fa044b2f42a3fd3b46fb255c"
                + " 9f50449e04a0e810283a1e9933adedd2");
    assertThat(derived(1, false))
        .isEqualTo(
            "cf3a5331653c364c88f0f379b6067e37 0ac1493ca1905853b0bba03e"
                + " c206b8d9b9f0f37644430b490eeaa314");
  }

  @Test
  void derivesTheKeysOfVersion2() throws Exception {
    assertThat(derived(0x6B33_43CFL, true))
        .isEqualTo(
            "8b1a0bc121284290a29e0971b5cd045d 91f73e2351d8fa91660e909f"
                + " 45b95e15235d6f45a6b19cbcb0294ba9");
  }
}
