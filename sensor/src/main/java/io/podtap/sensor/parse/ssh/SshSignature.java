/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ssh;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of SSH.
 *
 * @see "RFC 4253 section 4.2"
 */
final class SshSignature {

  private SshSignature() {}

  static boolean isVersion(Payload p) {
    return p.has(0, "SSH-");
  }
}
