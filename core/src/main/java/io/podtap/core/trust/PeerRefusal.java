/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import java.util.Locale;

/** Why a peer's certificate is not trusted: names of counters. */
public enum PeerRefusal {
  /** No trusted authority has signed it, or not for this use. */
  AUTHORITY,
  /** It has none of the expected names. */
  NAME,
  /** It has ended, or has not begun. */
  TIME,
  /** Its authority has revoked it. */
  REVOKED;

  /** Returns the counter's name. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
