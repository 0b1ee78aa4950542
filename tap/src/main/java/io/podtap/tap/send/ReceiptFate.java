/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

/** What became of a datagram that came back to a lane; all but the first change nothing. */
public enum ReceiptFate {
  /** The answer to a probe that was sent a moment ago. */
  ACCEPTED,
  /** It answers a probe that was answered before. */
  DUPLICATE,
  /** It answers a probe that was sent too long ago, or before the receiver's port was closed. */
  LATE,
  /** No recent probe had its nonce: forged, or replayed. */
  UNKNOWN_NONCE,
  INVALID_LENGTH,
  INVALID_VERSION,
  /** It does not begin as a receipt does, or not behind a tunnel header with the tap's VNI. */
  NO_RECEIPT
}
