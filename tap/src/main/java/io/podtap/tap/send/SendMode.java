/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

/** How datagrams leave; the names in lower case are those of the command line. */
public enum SendMode {
  /** Singly, until the receiver has shown that it reads a socket, and joined then. */
  AUTO,
  /** Up to 128 in one kernel call. */
  JOINED,
  /** Each its own, for a receiver that reads its network interface. */
  SINGLE
}
