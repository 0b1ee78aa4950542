/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What taps say of the pods that they are in. Any thread. */
@FunctionalInterface
public interface TapOwners {

  /** There are no taps, or they are not asked. */
  TapOwners NONE = _ -> null;

  /**
   * The pod of a tap.
   *
   * @param places its addresses
   */
  record TapOwner(Owner owner, List<Place> places) {

    boolean has(long high, long low) {
      for (int i = 0; i < places.size(); i++) {
        Place place = places.get(i);
        if (place.low() == low && place.high() == high) {
          return true;
        }
      }
      return false;
    }
  }

  /** Returns the pod of the tap with this index, or null when it is none or has not said. */
  @Nullable TapOwner of(int tap);
}
