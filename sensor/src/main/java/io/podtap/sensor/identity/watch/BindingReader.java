/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.core.json.JsonReader;
import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads one kind of object, field by field; of a field that is there twice the last one counts. One
 * thread.
 */
abstract sealed class BindingReader
    permits PodReader, ServiceReader, NodeReader, EndpointSliceReader {

  /** Addresses and ports of one object that are kept. */
  static final int PLACES_MAX = 256;

  /** Bytes of a text that are kept: annotations may be long. */
  static final int TEXT_BYTES_MAX = 16_384;

  private String uid = "";
  private String resourceVersion = "";
  private String created = "";
  private int code;
  private String message = "";
  private final Set<Place> claimed = new HashSet<>();
  private final AtomicLong omitted = new AtomicLong();
  String namespace = "";
  String name = "";

  /** Returns the plural, as a rule of a Role names it. */
  abstract String plural();

  /** Returns the API group, as a rule of a Role names it. */
  String group() {
    return "";
  }

  /** Returns whether an object has had its places since it began. */
  boolean hasBeginning() {
    return true;
  }

  /** Returns how many places of one object are kept. */
  int placesMax() {
    return PLACES_MAX;
  }

  /** Returns whether objects are in namespaces. */
  abstract boolean isNamespaced();

  /** Forgets the object before. */
  abstract void begin();

  /** Reads one field, or skips it; most kinds have all they tell in two. */
  void field(String field, JsonReader json) throws IOException {
    switch (field) {
      case "spec" -> spec(json);
      case "status" -> status(json);
      default -> json.skip();
    }
  }

  /** Reads what the object should be, or skips it. */
  void spec(JsonReader json) throws IOException {
    json.skip();
  }

  /** Reads what the object is, or skips it. */
  void status(JsonReader json) throws IOException {
    json.skip();
  }

  /** Reads one field of the metadata that only this kind needs, or skips it. */
  abstract void metadataField(String field, JsonReader json) throws IOException;

  /** Returns when the object began, by RFC 3339; empty for its creation. */
  abstract String started();

  /** Adds what the object that was read has. */
  abstract void addPlaces(String uid, Map<Place, Owner> places);

  /** Reads one object; a {@code Status} where the API sends one. */
  final ObservedObject read(JsonReader json) throws IOException {
    uid = "";
    resourceVersion = "";
    created = "";
    code = 0;
    message = "";
    namespace = "";
    name = "";
    claimed.clear();
    begin();
    if (!json.enterObject()) {
      return ObservedObject.NOTHING;
    }
    while (json.more()) {
      String field = json.name();
      switch (field) {
        case "metadata" -> metadata(json);
        case "code" -> code = json.number(0);
        case "message" -> message = json.text();
        default -> field(field, json);
      }
    }
    Map<Place, Owner> places = new LinkedHashMap<>();
    if (!uid.isEmpty()) {
      addPlaces(uid, places);
    }
    String since = started().isEmpty() ? created : started();
    long fromNs = hasBeginning() ? timeNs(since) : 0;
    return new ObservedObject(
        uid, resourceVersion, fromNs, places, Set.copyOf(claimed), code, message);
  }

  private void metadata(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        String field = json.name();
        switch (field) {
          case "name" -> name = json.text();
          case "namespace" -> namespace = json.text();
          case "uid" -> uid = json.text();
          case "resourceVersion" -> resourceVersion = json.text();
          case "creationTimestamp" -> created = json.text();
          default -> metadataField(field, json);
        }
      }
    }
  }

  /** Returns nanoseconds since 1970, 0 for what is no time. */
  private static long timeNs(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      Instant time = Instant.parse(text);
      return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    } catch (DateTimeException e) {
      return 0; // the caller takes the time at which it was read
    }
  }

  /** Reads a value where the reader stands. */
  @FunctionalInterface
  interface Step {
    void read(JsonReader json) throws IOException;
  }

  /** Reads one field of an object, and skips the others. */
  static void only(JsonReader json, String field, Step step) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        if (json.name().equals(field)) {
          step.read(json);
        } else {
          json.skip();
        }
      }
    }
  }

  /** Reads every element of an array. */
  static void each(JsonReader json, Step step) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        step.read(json);
      }
    }
  }

  /** Returns the protocol number of {@code TCP} or {@code UDP}, 0 for others; empty means TCP. */
  static int protocol(String text) {
    return switch (text) {
      case "", "TCP" -> IpProtocol.TCP;
      case "UDP" -> IpProtocol.UDP;
      default -> 0;
    };
  }

  final void put(Map<Place, Owner> places, Place place, Owner owner) {
    if (places.size() < placesMax()) {
      places.put(place, owner);
    } else {
      omit();
    }
  }

  /** Adds what only an annotation says, unless the object's status says the same. */
  final void claim(Map<Place, Owner> places, Place place, Owner owner) {
    if (!places.containsKey(place)) {
      put(places, place, owner);
      claimed.add(place);
    }
  }

  /** Adds an element, once, to a list that is bounded. */
  final <T> void add(List<T> target, T element, int countMax) {
    if (target.contains(element)) {
      return;
    }
    if (target.size() < countMax) {
      target.add(element);
    } else {
      omit();
    }
  }

  /** Counts something of an object that is not kept, as it is more than is kept of one. */
  final void omit() {
    omitted.incrementAndGet();
  }

  /** Returns what was not kept of objects, as often as it was read. Any thread. */
  final long omitted() {
    return omitted.get();
  }
}
