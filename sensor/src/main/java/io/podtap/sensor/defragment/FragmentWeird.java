/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.defragment;

import java.util.List;

/** What may be odd about fragments, by the names of Zeek's weirds. */
public enum FragmentWeird {
  FRAGMENT_OVERLAP("fragment_overlap"),
  FRAGMENT_INCONSISTENCY("fragment_inconsistency"),
  FRAGMENT_SIZE_INCONSISTENCY("fragment_size_inconsistency"),
  EXCESSIVELY_LARGE_FRAGMENT("excessively_large_fragment"),
  EXCESSIVELY_SMALL_FRAGMENT("excessively_small_fragment"),
  FRAGMENT_PROTOCOL_INCONSISTENCY("fragment_protocol_inconsistency"),
  FRAGMENT_WITH_DF("fragment_with_DF"),
  TRUNCATED_FRAGMENT("internally_truncated_header"),
  /** Together they are longer than any header can say: it wraps around. */
  TOO_LONG("invalid_IP_header_size"),
  FRAGMENTS_TIMED_OUT("podtap_fragments_timed_out"),
  FRAGMENTS_EVICTED("podtap_fragments_evicted");

  private static final List<FragmentWeird> ALL = List.of(values());

  private final String weirdName;

  FragmentWeird(String weirdName) {
    this.weirdName = weirdName;
  }

  /** Returns all, without a copy. */
  static List<FragmentWeird> all() {
    return ALL;
  }

  /** Returns the stable name under which this is counted. */
  public String weirdName() {
    return weirdName;
  }
}
