/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.protocol;

/** What carries a protocol. */
public enum Transport {
  TCP,
  UDP
}
