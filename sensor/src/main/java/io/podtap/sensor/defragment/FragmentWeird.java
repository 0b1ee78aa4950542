package io.podtap.sensor.defragment;

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
  FRAGMENTS_TIMED_OUT("fragments_timed_out"),
  FRAGMENTS_EVICTED("fragments_evicted");

  private final String weirdName;

  FragmentWeird(String weirdName) {
    this.weirdName = weirdName;
  }

  /** Returns the stable name under which this is counted. */
  public String weirdName() {
    return weirdName;
  }
}
