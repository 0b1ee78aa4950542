/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

/** Why a whole frame was not mirrored: names of counters, each counts frames. */
public enum FrameFailure {
  /** Too short for an Ethernet header. */
  LINK_HEADER_TRUNCATED,
  /** From a kind of interface for which no Ethernet header can be made. */
  LINK_TYPE_UNSUPPORTED,
  /** No sensor is known, or none is ready. */
  NO_SENSOR
}
