/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.config;

/** Ports that taps and sensors assume where none is given. */
public final class DefaultPorts {

  /** TCP, of packets as pcapng over TLS. */
  public static final int STREAM = 6_343;

  private DefaultPorts() {}
}
