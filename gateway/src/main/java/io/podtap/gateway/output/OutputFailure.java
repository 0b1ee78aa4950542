/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

/** Why a frame did not leave through an output: names of counters, each counts frames. */
public enum OutputFailure {
  /** The output's queue was full: whoever reads takes less than there is. */
  QUEUE_FULL,
  /** Nobody was connected. */
  NOBODY_CONNECTED,
  /** The reader has gone away, or took nothing for too long, with frames under way. */
  CONNECTION_LOST,
  /** The disk was full, or the folder gone. */
  NOT_WRITTEN,
  /** The interface was down, or the kernel had no room. */
  INTERFACE,
  /** What the tool reads is Ethernet, and this was neither Ethernet nor IP. */
  LINK_TYPE,
  /** Refused by the tunnel's tap, whose own ledger knows more. */
  NOT_MIRRORED,
  /** Still waiting when the gateway's time was over. */
  GIVEN_UP;

  /** Returns the counter's name. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
