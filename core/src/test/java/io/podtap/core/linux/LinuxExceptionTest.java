/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LinuxExceptionTest {

  @Test
  void namesCallErrnoAndCapability() {
    LinuxException exception =
        new LinuxException("socket(AF_PACKET, SOCK_RAW)", Errno.EPERM, "CAP_NET_RAW");
    assertThat(exception)
        .hasMessage("socket(AF_PACKET, SOCK_RAW): not permitted (EPERM, 1); grant CAP_NET_RAW");
    assertThat(exception.errno()).isEqualTo(1);
    assertThat(exception.isPrivilegeMissing()).isTrue();
  }

  @Test
  void namesNoCapabilityWhenNoneIsMissing() {
    assertThat(new LinuxException("bind(10.0.0.1:80)", Errno.EADDRINUSE, "CAP_NET_RAW"))
        .hasMessage("bind(10.0.0.1:80): address already in use (EADDRINUSE, 98)");
    assertThat(new LinuxException("x()", 4_000)).hasMessage("x(): failed (errno 4000, 4000)");
  }
}
