/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import java.util.List;

/**
 * Which senders are believed to be taps.
 *
 * <p>With a list: those on it, by outer source address. Without one: those that have reported
 * themselves, which keeps out stray tunnels and nothing else: a report is plain UDP, and whoever
 * reaches the port can send one. An address proves more only where the network does not let others
 * use it.
 *
 * @param only whether frames of other senders are refused
 * @param listed may be empty
 */
public record KnownTaps(boolean only, List<AddressRange> listed) {

  /** Everyone's frames are taken; who reports is known. */
  public static final KnownTaps ANY = new KnownTaps(false, List.of());

  public KnownTaps {
    listed = List.copyOf(listed);
  }

  /** Returns whether a sender is listed; false for everyone when there is no list. */
  boolean isListed(long addressHigh, long addressLow) {
    for (AddressRange range : listed) {
      if (range.contains(addressHigh, addressLow)) {
        return true;
      }
    }
    return false;
  }
}
