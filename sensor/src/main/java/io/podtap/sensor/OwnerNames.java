/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Identities;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import io.podtap.sensor.notice.WorkloadNames;
import io.podtap.sensor.notice.events.PodLookup;
import org.jspecify.annotations.Nullable;

/**
 * Names workloads to detections: {@code NAMESPACE/KIND/NAME}, {@code NAMESPACE/Service/NAME},
 * {@code Node/NAME}. Addresses outside of the cluster have no name.
 */
final class OwnerNames implements WorkloadNames, PodLookup {

  private final Identities identities;

  OwnerNames(Identities identities) {
    this.identities = identities;
  }

  @Override
  public @Nullable Pod podAt(String address, long timeNs) {
    Place place = Addresses.parse(address);
    if (place == null) {
      return null;
    }
    Owner owner = identities.at(place.high(), place.low(), timeNs);
    boolean isPod = owner.kind() == Owner.Kind.POD && !owner.uid().isEmpty();
    return isPod ? new Pod(owner.namespace(), owner.pod(), owner.uid()) : null;
  }

  @Override
  public String nameOf(String address, long timeNs) {
    Place place = Addresses.parse(address);
    if (place == null) {
      return "";
    }
    Owner owner = identities.at(place.high(), place.low(), timeNs);
    return switch (owner.kind()) {
      case POD -> owner.namespace() + '/' + owner.workloadText();
      case SERVICE -> owner.namespace() + "/Service/" + owner.service();
      case NODE -> "Node/" + owner.node();
      case UNKNOWN, WORLD -> "";
    };
  }
}
