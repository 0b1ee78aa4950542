/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import java.util.Map;
import java.util.Set;

/**
 * What is read of one object of the API.
 *
 * @param uid {@code metadata.uid}
 * @param resourceVersion {@code metadata.resourceVersion}
 * @param fromNs from when on it may have had its addresses, nanoseconds since 1970; 0 when unknown
 * @param places what it has, and who is named for it
 * @param claimed those of them that only an annotation says it has
 * @param code of a {@code Status}, 0 for other objects
 * @param message of a {@code Status}
 */
record ObservedObject(
    String uid,
    String resourceVersion,
    long fromNs,
    Map<Place, Owner> places,
    Set<Place> claimed,
    int code,
    String message) {

  static final ObservedObject NOTHING = new ObservedObject("", "", 0, Map.of(), Set.of(), 0, "");
}
