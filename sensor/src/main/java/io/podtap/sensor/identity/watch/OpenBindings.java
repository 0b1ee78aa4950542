/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.sensor.identity.Binding;
import io.podtap.sensor.identity.Bindings;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import io.podtap.sensor.identity.Source;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The objects of one kind that exist, with their open bindings. What no longer is listed has ended
 * at some time since it was last heard of; its binding lasts until now, so that a successor of that
 * time and it are both possible, and neither is named. One thread.
 */
final class OpenBindings {

  private final Bindings bindings;
  private final Map<String, Held> objects = new HashMap<>();
  private int generation;

  private static final class Held {
    Map<Place, Binding> places = Map.of();
    int generation;
  }

  OpenBindings(Bindings bindings) {
    this.bindings = bindings;
  }

  /** A list begins: what is not {@link #put} until {@link #endList} is gone. */
  void beginList() {
    generation++;
  }

  /** The list is complete. */
  void endList(long nowNs) {
    for (Iterator<Held> all = objects.values().iterator(); all.hasNext(); ) {
      Held held = all.next();
      if (held.generation != generation) {
        close(held, nowNs);
        all.remove();
      }
    }
  }

  /** An object exists as it was read. */
  void put(ObservedObject seen, long nowNs) {
    if (seen.uid().isEmpty()) {
      return;
    }
    Held held = objects.computeIfAbsent(seen.uid(), _ -> new Held());
    held.generation = generation;
    Map<Place, Binding> before = held.places;
    Map<Place, Binding> present = new HashMap<>();
    for (Map.Entry<Place, Owner> wanted : seen.places().entrySet()) {
      Place place = wanted.getKey();
      Source source = seen.claimed().contains(place) ? Source.ANNOTATION : Source.API;
      Binding known = before.get(place);
      if (known != null && known.isFrom(source)) {
        bindings.describe(known, wanted.getValue(), nowNs);
        present.put(place, known);
        continue;
      }
      long fromNs = seen.fromNs() > 0 ? Math.min(seen.fromNs(), nowNs) : nowNs;
      Binding opened = bindings.open(place, source, wanted.getValue(), fromNs, nowNs);
      if (opened != null) {
        present.put(place, opened);
      }
    }
    before.forEach((place, binding) -> {
      if (present.get(place) != binding) {
        bindings.close(binding, nowNs, nowNs);
      }
    });
    held.places = Map.copyOf(present);
  }

  /** An object no longer exists. */
  void remove(ObservedObject seen, long nowNs) {
    Held held = objects.remove(seen.uid());
    if (held != null) {
      close(held, nowNs);
    }
  }

  private void close(Held held, long nowNs) {
    held.places.values().forEach(binding -> bindings.close(binding, nowNs, nowNs));
  }

  int size() {
    return objects.size();
  }
}
