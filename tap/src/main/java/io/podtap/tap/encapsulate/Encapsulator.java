/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.encapsulate;

import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import java.lang.foreign.MemorySegment;

/** Writes the header between the outer UDP header and the inner frame. One thread. */
public final class Encapsulator {

  private final Encapsulation encapsulation;
  private final int vni;
  private final int tapId;

  /**
   * @param tapId says in Geneve's option which tap it was
   */
  public Encapsulator(EncapsulationSettings settings, int tapId) {
    this.encapsulation = settings.encapsulation();
    this.vni = settings.vni();
    this.tapId = tapId;
  }

  /** Returns bytes that {@link #write} writes. */
  public int headerLength() {
    return encapsulation.headerLength();
  }

  /**
   * Writes the header.
   *
   * @param timestampNs capture time, nanoseconds since 1970; carried by Geneve only
   * @param originalLength bytes of the inner frame before anything was cut off; carried by Geneve
   *     only
   */
  public void write(MemorySegment target, long offset, long timestampNs, int originalLength) {
    switch (encapsulation) {
      case VXLAN -> Vxlan.put(target, offset, vni);
      case GENEVE -> Geneve.put(target, offset, vni, timestampNs, originalLength, tapId);
    }
  }

  /** Returns the capture time in a header that {@link #write} wrote; 0 when it has none. */
  public long timestampNs(MemorySegment source, long offset) {
    return switch (encapsulation) {
      case VXLAN -> 0;
      case GENEVE -> Geneve.tapTimestampNs(source, offset);
    };
  }
}
